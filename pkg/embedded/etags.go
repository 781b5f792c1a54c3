package embedded

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/s3api/utils"
)

// etags is the metadata that versitygw keeps beside an object, reduced to the one attribute that
// matters, the ETag. It is an extended attribute of the file, and computed from the content where
// there is none: on a file system without such attributes, or in a data directory that was copied
// or restored by a tool that drops them. So any copy of the files is a working store.
type etags struct{ xattr meta.XattrMeta }

const etagAttribute = "etag"

func (e etags) RetrieveAttribute(f *os.File, bucket, object, attribute string) ([]byte, error) {
	if attribute != etagAttribute || object == "" {
		return nil, meta.ErrNoSuchKey
	}
	value, err := e.xattr.RetrieveAttribute(f, bucket, object, attribute)
	if err == nil && len(value) > 0 {
		return value, nil
	}
	if err != nil && !errors.Is(err, meta.ErrNoSuchKey) && !isUnsupported(err) {
		return nil, err
	}
	return etagOf(filepath.Join(bucket, object))
}

func (e etags) StoreAttribute(f *os.File, bucket, object, attribute string, value []byte) error {
	if attribute != etagAttribute || object == "" {
		return nil
	}
	err := e.xattr.StoreAttribute(f, bucket, object, attribute, value)
	if isUnsupported(err) {
		return nil
	}
	return err
}

func (etags) DeleteAttribute(string, string, string) error { return meta.ErrNoSuchKey }

func (etags) ListAttributes(string, string) ([]string, error) { return nil, nil }

func (etags) DeleteAttributes(string, string) error { return nil }

func (etags) RenameObject(string, string, string) error { return nil }

func isUnsupported(err error) bool {
	return errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS)
}

// etagOf computes the ETag that versitygw, told to use DataIntegrityEtag, gives to a file's content.
func etagOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(meta.ErrNoSuchKey, err)
	}
	sum, err := utils.NewHashReader(f, "", utils.HashTypeCRC64NVME)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, sum); err != nil {
		return nil, err
	}
	return []byte(`"CRC64NVME-` + sum.Sum() + `"`), nil
}
