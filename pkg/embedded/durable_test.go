package embedded

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
	"github.com/versity/versitygw/s3response"
)

// setupFiles returns a backend that records what it syncs, relative to its bucket.
func setupFiles(t *testing.T) (f *files, synced func() []string) {
	t.Helper()
	root := t.TempDir()
	f, err := newFiles(root, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(f.Shutdown)
	bucket := Bucket
	require.NoError(t, f.CreateBucket(t.Context(), &awss3.CreateBucketInput{Bucket: &bucket}, nil))
	var paths []string
	f.syncer.sync = func(file *os.File) error {
		info, err := file.Stat()
		require.NoError(t, err)
		path, err := filepath.Rel(filepath.Join(root, Bucket), file.Name())
		if err != nil || strings.HasPrefix(path, "../../") || strings.HasPrefix(path, ".sgwtmp") {
			path = "staged"
		}
		if info.IsDir() {
			path += "/"
		}
		paths = append(paths, path)
		return file.Sync()
	}
	return f, func() []string {
		seen := paths
		paths = nil
		return seen
	}
}

func put(t *testing.T, f *files, key string, durable bool) {
	t.Helper()
	bucket, size, empty := Bucket, int64(1), ""
	in := s3response.PutObjectInput{Bucket: &bucket, Key: &key, ContentLength: &size, Body: strings.NewReader("x"), Tagging: &empty}
	if durable {
		in.Metadata = map[string]string{durableMetadata: "1"}
	}
	_, err := f.PutObject(t.Context(), in)
	require.NoError(t, err)
}

func TestDurablePutsAreSynced(t *testing.T) {
	f, synced := setupFiles(t)
	put(t, f, "objects/a", false)
	require.Empty(t, synced(), "only what asks for it")

	put(t, f, "runs/r/state.json", true)
	require.Equal(t, []string{"staged", "runs/r/state.json", "runs/r/", "runs/", "./", "../"}, synced(),
		"the bytes before the name, then every name up to the root")
	put(t, f, "runs/r/state.json", true)
	require.Equal(t, []string{"staged", "runs/r/state.json", "runs/r/"}, synced(), "the names above are known to be on disk")
	put(t, f, "objects/b", true)
	require.Equal(t, []string{"staged", "objects/b", "objects/", "./"}, synced(), "somebody else's new directory")

	bucket, key := Bucket, "runs/r/state.json"
	_, err := f.DeleteObject(t.Context(), &awss3.DeleteObjectInput{Bucket: &bucket, Key: &key})
	require.NoError(t, err)
	put(t, f, key, true)
	require.Equal(t, []string{"staged", "runs/r/state.json", "runs/r/", "runs/", "./", "../"}, synced(),
		"the directories went with their last key and are new")
}

func TestLeftoversAreNotListed(t *testing.T) {
	f, _ := setupFiles(t)
	put(t, f, "a/k.json", false)
	require.NoError(t, os.WriteFile(filepath.Join(f.root, Bucket, "a", ".k.json.sgwtmp.123"), nil, 0o600))
	bucket, empty, most := Bucket, "", int32(1000)
	out, err := f.ListObjectsV2(t.Context(), &awss3.ListObjectsV2Input{Bucket: &bucket, StartAfter: &empty, MaxKeys: &most})
	require.NoError(t, err)
	require.Len(t, out.Contents, 1)
	require.Equal(t, "a/k.json", *out.Contents[0].Key)
}

func TestBucketsCannotEscape(t *testing.T) {
	f, _ := setupFiles(t)
	for _, name := range []string{"", ".", "..", "../s3", "a/b", "/etc", ".vgwlocks", "a\\b", "none"} {
		_, err := f.bucket(&name)
		require.Error(t, err, name)
	}
	_, err := f.bucket(nil)
	require.Error(t, err)
}
