// Package registry keeps the versions of learned models and the aliases that point at them, as
// documents in an artifact store:
//
//	models/<name>/versions/<n>.json   immutable
//	models/<name>/aliases.json        replaced only by compare-and-set, with its audit trail
package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/longmemory/hurst/pkg/artifact"
)

// Champion is the alias of the version that answers predictions.
const Champion = "champion"

// What the registry's methods return, wrapped.
var (
	ErrNotFound = errors.New("no such version")
	ErrConflict = errors.New("the alias was moved meanwhile")
	ErrName     = errors.New("not a name: small letters, digits and dashes, at most 63, beginning with a letter or digit")
)

// Version is one immutable version of a model.
type Version struct {
	Model   string       `json:"model"`
	Number  int          `json:"number"` // 1, 2, …
	Kind    string       `json:"kind"`
	Bundle  artifact.Ref `json:"bundle"`
	Report  artifact.Ref `json:"report,omitzero"`
	Run     string       `json:"run"`
	MAE     float64      `json:"mae"` // on the validation set
	MAESE   float64      `json:"mae_se"`
	Created int64        `json:"created"` // unix nanoseconds
}

// Aliases are the pointers of one model.
type Aliases struct {
	Points map[string]int `json:"points"` // alias -> version
	Audit  []Change       `json:"audit"`  // oldest first
}

// Change is a line of the audit trail.
type Change struct {
	Alias  string `json:"alias"`
	From   int    `json:"from"` // zero: it did not exist
	To     int    `json:"to"`
	Reason string `json:"reason"`
	Time   int64  `json:"time"` // unix nanoseconds
}

// maxAudit bounds the audit trail that is kept beside the aliases.
const maxAudit = 1000

// Registry is a view of the models in a store. It is safe for concurrent use, also by several processes.
type Registry struct {
	Store artifact.Store
}

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

func checkName(name string) error {
	if !namePattern.MatchString(name) {
		return fmt.Errorf("%q is %w", name, ErrName)
	}
	return nil
}

func versionKey(model string, n int) string {
	return fmt.Sprintf("models/%s/versions/%d.json", model, n)
}

func aliasesKey(model string) string { return "models/" + model + "/aliases.json" }

// Register stores v as the next version of its model and returns it with its number. A bundle that
// is registered already is returned as the version that it is.
func (r Registry) Register(ctx context.Context, v Version) (Version, error) {
	if err := checkName(v.Model); err != nil {
		return v, err
	}
	for {
		versions, err := r.Versions(ctx, v.Model)
		if err != nil {
			return v, err
		}
		v.Number = 1
		for _, old := range versions {
			if old.Bundle.Digest == v.Bundle.Digest {
				return old, nil
			}
			v.Number = max(v.Number, old.Number+1)
		}
		data, err := json.Marshal(v)
		if err != nil {
			return v, err
		}
		_, err = r.Store.Write(ctx, versionKey(v.Model, v.Number), data, artifact.Condition{Absent: true, Durable: true})
		if !errors.Is(err, artifact.ErrConflict) {
			return v, err
		}
	}
}

// Get returns a version by its number or by an alias.
func (r Registry) Get(ctx context.Context, model, which string) (Version, error) {
	if err := checkName(model); err != nil {
		return Version{}, err
	}
	n, err := strconv.Atoi(which)
	if err != nil {
		aliases, _, err := r.Aliases(ctx, model)
		if err != nil {
			return Version{}, err
		}
		if n = aliases.Points[which]; n == 0 {
			return Version{}, fmt.Errorf("%w: model %s has no alias %q", ErrNotFound, model, which)
		}
	}
	return r.read(ctx, model, n)
}

func (r Registry) read(ctx context.Context, model string, n int) (Version, error) {
	var v Version
	doc, err := r.Store.Read(ctx, versionKey(model, n))
	if errors.Is(err, artifact.ErrNotFound) {
		return v, fmt.Errorf("%w: model %s has no version %d", ErrNotFound, model, n)
	}
	if err != nil {
		return v, fmt.Errorf("read version %d of model %s: %w", n, model, err)
	}
	if err := json.Unmarshal(doc.Data, &v); err != nil {
		return v, fmt.Errorf("read version %d of model %s: %w", n, model, err)
	}
	return v, nil
}

// Versions returns a model's versions, newest first.
func (r Registry) Versions(ctx context.Context, model string) ([]Version, error) {
	if err := checkName(model); err != nil {
		return nil, err
	}
	prefix := "models/" + model + "/versions/"
	var versions []Version
	for key, err := range r.Store.List(ctx, prefix) {
		if err != nil {
			return nil, fmt.Errorf("list versions of model %s: %w", model, err)
		}
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(key, prefix), ".json"))
		if err != nil {
			continue
		}
		v, err := r.read(ctx, model, n)
		if err != nil {
			return nil, err
		}
		versions = append(versions, v)
	}
	slices.SortFunc(versions, func(a, b Version) int { return b.Number - a.Number })
	return versions, nil
}

// Models returns the names of all models, sorted.
func (r Registry) Models(ctx context.Context) ([]string, error) {
	var names []string
	for key, err := range r.Store.List(ctx, "models/") {
		if err != nil {
			return nil, fmt.Errorf("list models: %w", err)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(key, "models/"), "/")
		if namePattern.MatchString(name) && (len(names) == 0 || names[len(names)-1] != name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Aliases returns a model's aliases and the ETag to change them with; empty: there are none yet.
func (r Registry) Aliases(ctx context.Context, model string) (Aliases, string, error) {
	aliases := Aliases{Points: map[string]int{}}
	if err := checkName(model); err != nil {
		return aliases, "", err
	}
	doc, err := r.Store.Read(ctx, aliasesKey(model))
	if errors.Is(err, artifact.ErrNotFound) {
		return aliases, "", nil
	}
	if err != nil {
		return aliases, "", fmt.Errorf("read aliases of model %s: %w", model, err)
	}
	if err := json.Unmarshal(doc.Data, &aliases); err != nil {
		return aliases, "", fmt.Errorf("read aliases of model %s: %w", model, err)
	}
	if aliases.Points == nil {
		aliases.Points = map[string]int{}
	}
	return aliases, doc.ETag, nil
}

// Point moves an alias from the version that it points at (zero: none) to another. It returns
// ErrConflict when the alias points elsewhere by now, and does nothing when it points at To already.
func (r Registry) Point(ctx context.Context, model string, c Change) error {
	if err := checkName(c.Alias); err != nil {
		return err
	}
	if _, err := r.read(ctx, model, c.To); err != nil {
		return err
	}
	for {
		aliases, etag, err := r.Aliases(ctx, model)
		if err != nil {
			return err
		}
		switch aliases.Points[c.Alias] {
		case c.To:
			return nil
		case c.From:
		default:
			return fmt.Errorf("%w: %s of model %s points at version %d, not %d", ErrConflict, c.Alias, model, aliases.Points[c.Alias], c.From)
		}
		aliases.Points[c.Alias] = c.To
		aliases.Audit = append(aliases.Audit, c)
		aliases.Audit = aliases.Audit[max(0, len(aliases.Audit)-maxAudit):]
		data, err := json.Marshal(aliases)
		if err != nil {
			return err
		}
		_, err = r.Store.Write(ctx, aliasesKey(model), data, artifact.Condition{Absent: etag == "", Match: etag, Durable: true})
		if !errors.Is(err, artifact.ErrConflict) {
			return err
		}
	}
}
