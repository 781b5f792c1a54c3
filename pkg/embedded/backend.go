package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// durableMetadata is the user metadata of a PUT that must be on disk before the answer.
const durableMetadata = "hurst-durable"

// files is the S3 server's backend: versitygw's, over plain files, narrowed to the operations that
// an artifact store needs (the rest answers NotImplemented), with four differences.
//
//   - Bucket names become absolute paths, for the original works relative to the process's working
//     directory, which is the user's.
//   - A PUT that asks for it is synced to disk (see durable.go).
//   - Settings that a bucket may have (policy, CORS, versions, locks) are constants here, not
//     attributes read from disk on each request.
//   - What goes wrong inside is logged by slog; the original prints it.
type files struct {
	backend.BackendUnsupported
	posix  *posix.Posix
	root   string // absolute
	log    *slog.Logger
	syncer *syncer
}

// newFiles opens the backend over root, which exists.
func newFiles(root string, log *slog.Logger) (*files, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the working directory: %w", err)
	}
	opts := posix.PosixOpts{
		Concurrency:         128,
		CopyObjectThreshold: 5 << 30,
		IOBufferSize:        64 << 10,
		ForceNoObjLockFile:  true, // the directory is ours alone, see lock.go
		DataIntegrityEtag:   true, // a CRC-64 that is computed anyway, instead of MD5
	}
	opts.SetNewDirPerm(0o700)
	opts.SetNewFilePerm(0o600)
	inner, err := posix.New(root, etags{}, opts)
	// It has changed the working directory.
	if err := errors.Join(err, os.Chdir(wd)); err != nil {
		return nil, fmt.Errorf("open object directory %s: %w", root, err)
	}
	return &files{posix: inner, root: root, log: log, syncer: newSyncer(root)}, nil
}

func (f *files) String() string { return "hurst" }

func (f *files) Shutdown() { f.posix.Shutdown() }

// bucket returns the absolute path of a bucket, as posix wants it instead of the name.
func (f *files) bucket(name *string) (*string, error) {
	if name == nil || *name == "" || strings.ContainsAny(*name, "/\\\x00") || strings.HasPrefix(*name, ".") {
		return nil, s3err.GetAPIError(s3err.ErrInvalidBucketName)
	}
	path := filepath.Join(f.root, *name)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, s3err.GetBucketErr(s3err.ErrNoSuchBucket, *name)
	}
	return &path, err
}

// answer turns an error that is no S3 answer into one, and logs it.
func (f *files) answer(ctx context.Context, op string, key *string, err error) error {
	var s3Error s3err.S3Error
	if err == nil || errors.As(err, &s3Error) || errors.Is(err, context.Canceled) {
		return err
	}
	name := ""
	if key != nil {
		name = *key
	}
	f.log.WarnContext(ctx, "object store operation", "op", op, "key", name, "err", err)
	return s3err.GetAPIError(s3err.ErrInternalError)
}

func (f *files) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	bucket, err := f.bucket(in.Bucket)
	if err != nil {
		return s3response.PutObjectOutput{}, f.answer(ctx, "put", in.Key, err)
	}
	in.Bucket = bucket
	durable := in.Metadata[durableMetadata] != ""
	in.Metadata = nil
	var out s3response.PutObjectOutput
	if durable {
		out, err = f.syncer.put(ctx, f.posix, in)
	} else {
		out, err = f.posix.PutObject(ctx, in)
	}
	return out, f.answer(ctx, "put", in.Key, err)
}

func (f *files) GetObject(ctx context.Context, in *awss3.GetObjectInput) (*awss3.GetObjectOutput, error) {
	bucket, err := f.bucket(in.Bucket)
	if err != nil {
		return nil, f.answer(ctx, "get", in.Key, err)
	}
	in.Bucket = bucket
	out, err := f.posix.GetObject(ctx, in)
	return out, f.answer(ctx, "get", in.Key, err)
}

func (f *files) HeadObject(ctx context.Context, in *awss3.HeadObjectInput) (*awss3.HeadObjectOutput, error) {
	bucket, err := f.bucket(in.Bucket)
	if err != nil {
		return nil, f.answer(ctx, "head", in.Key, err)
	}
	in.Bucket = bucket
	out, err := f.posix.HeadObject(ctx, in)
	return out, f.answer(ctx, "head", in.Key, err)
}

func (f *files) DeleteObject(ctx context.Context, in *awss3.DeleteObjectInput) (*awss3.DeleteObjectOutput, error) {
	bucket, err := f.bucket(in.Bucket)
	if err != nil {
		return nil, f.answer(ctx, "delete", in.Key, err)
	}
	in.Bucket = bucket
	var out *awss3.DeleteObjectOutput
	f.syncer.remove(func() { out, err = f.posix.DeleteObject(ctx, in) })
	return out, f.answer(ctx, "delete", in.Key, err)
}

func (f *files) DeleteObjects(ctx context.Context, in *awss3.DeleteObjectsInput) (s3response.DeleteResult, error) {
	bucket, err := f.bucket(in.Bucket)
	if err != nil {
		return s3response.DeleteResult{}, f.answer(ctx, "delete", nil, err)
	}
	in.Bucket = bucket
	var out s3response.DeleteResult
	f.syncer.remove(func() { out, err = f.posix.DeleteObjects(ctx, in) })
	return out, f.answer(ctx, "delete", nil, err)
}

func (f *files) ListObjectsV2(ctx context.Context, in *awss3.ListObjectsV2Input) (s3response.ListObjectsV2Result, error) {
	name := in.Bucket
	bucket, err := f.bucket(name)
	if err != nil {
		return s3response.ListObjectsV2Result{}, f.answer(ctx, "list", in.Prefix, err)
	}
	in.Bucket = bucket
	out, err := f.posix.ListObjectsV2(ctx, in)
	out.Name = name
	out.Contents = slices.DeleteFunc(out.Contents, func(o s3response.Object) bool {
		return o.Key != nil && isLeftover(path.Base(*o.Key))
	})
	return out, f.answer(ctx, "list", in.Prefix, err)
}

// isLeftover tells the name that a file has for an instant while it replaces another, and for good if
// the process is killed in that instant.
func isLeftover(name string) bool {
	return strings.HasPrefix(name, ".") && strings.Contains(name, posix.MetaTmpDir+".")
}

func (f *files) HeadBucket(ctx context.Context, in *awss3.HeadBucketInput) (*awss3.HeadBucketOutput, error) {
	if _, err := f.bucket(in.Bucket); err != nil {
		return nil, f.answer(ctx, "head bucket", in.Bucket, err)
	}
	return &awss3.HeadBucketOutput{}, nil
}

// CreateBucket makes a directory that survives a power cut. The server has checked the name.
func (f *files) CreateBucket(ctx context.Context, in *awss3.CreateBucketInput, _ []byte) error {
	_, err := f.bucket(in.Bucket)
	var missing s3err.BucketError
	switch {
	case err == nil:
		return s3err.GetBucketErr(s3err.ErrBucketAlreadyOwnedByYou, *in.Bucket)
	case !errors.As(err, &missing):
		return f.answer(ctx, "create bucket", in.Bucket, err)
	}
	err = os.Mkdir(filepath.Join(f.root, *in.Bucket), 0o700)
	if errors.Is(err, fs.ErrExist) {
		return s3err.GetBucketErr(s3err.ErrBucketAlreadyOwnedByYou, *in.Bucket)
	}
	if err == nil {
		err = syncPath(f.root)
	}
	return f.answer(ctx, "create bucket", in.Bucket, err)
}

// GetBucketAcl grants nobody anything: the one account is root, which needs no grant.
func (f *files) GetBucketAcl( //nolint:revive // the interface spells it so
	ctx context.Context, in *awss3.GetBucketAclInput) ([]byte, error) {
	_, err := f.bucket(in.Bucket)
	return []byte{}, f.answer(ctx, "bucket acl", in.Bucket, err)
}

func (f *files) GetBucketPolicy(_ context.Context, bucket string) ([]byte, error) {
	return nil, s3err.GetBucketErr(s3err.ErrNoSuchBucketPolicy, bucket)
}

func (f *files) GetBucketCors(_ context.Context, bucket string) ([]byte, error) {
	return nil, s3err.GetBucketErr(s3err.ErrNoSuchCORSConfiguration, bucket)
}

func (f *files) GetBucketVersioning(context.Context, string) (s3response.GetBucketVersioningOutput, error) {
	return s3response.GetBucketVersioningOutput{}, s3err.GetAPIError(s3err.ErrVersioningNotConfigured)
}

func (f *files) GetObjectLockConfiguration(context.Context, string) ([]byte, error) {
	return nil, s3err.GetAPIError(s3err.ErrObjectLockConfigurationNotFound)
}

func (f *files) GetBucketOwnershipControls(context.Context, string) (types.ObjectOwnership, error) {
	return types.ObjectOwnershipBucketOwnerEnforced, nil
}
