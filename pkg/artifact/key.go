package artifact

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxKey is the longest key in bytes that S3 takes.
const maxKey = 1024

// CheckKey says what is wrong with a key that a store could not keep as a path of plain files: it
// must be UTF-8 without control characters, and each part between slashes a proper name.
func CheckKey(key string) error {
	if key == "" {
		return fmt.Errorf("the key is empty")
	}
	if len(key) > maxKey {
		return fmt.Errorf("key %.40q… has %d bytes, more than the limit of %d", key, len(key), maxKey)
	}
	if !utf8.ValidString(key) || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("key %q has a control character or is not UTF-8", key)
	}
	for part := range strings.SplitSeq(key, "/") {
		if part == "" || part == "." || part == ".." || len(part) > 255 {
			return fmt.Errorf("key %q has the part %q: want names of 1 to 255 bytes between single slashes", key, part)
		}
	}
	return nil
}
