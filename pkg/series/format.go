package series

import (
	"bufio"
	"bytes"
	"fmt"
	"path"
	"strings"
)

// detect tells the format and takes a byte order mark off.
func detect(in *bufio.Reader, name, format string) (string, error) {
	head, _ := in.Peek(6)
	if err := checkForeign(head); err != nil {
		return "", err
	}
	switch format {
	case "", "csv", "tsv", "npy", "parquet", "arrow":
	default:
		return "", fmt.Errorf("unknown format %q: want csv, tsv, npy, parquet or arrow", clip(format))
	}
	found := byMagic(head)
	if format == "" {
		format = byName(name, found)
	}
	if found != "" && found != format {
		return "", fmt.Errorf("%w: this is %s, not %s", ErrFormat, formatTitle(found), formatTitle(format))
	}
	if (format == "csv" || format == "tsv") && bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, err := in.Discard(3)
		return format, err
	}
	return format, nil
}

// checkForeign refuses what is known not to be read, with advice.
func checkForeign(head []byte) error {
	for _, f := range []struct{ magic, what, do string }{
		{"\x1f\x8b", "gzip-compressed", "decompress it first"},
		{"PK\x03\x04", "a zip archive (or an .npz or .xlsx)", "export the series as CSV or NPY"},
		{"FEA1", "Feather version 1", "write version 2, which is Arrow"},
		{encryptedTail, "encrypted Parquet", "write it without encryption"},
		{"\xff\xfe", "UTF-16 text", "save it as UTF-8"},
		{"\xfe\xff", "UTF-16 text", "save it as UTF-8"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return fmt.Errorf("%w: this is %s; %s", ErrFormat, f.what, f.do)
		}
	}
	return nil
}

// byMagic tells the format of what is no text; empty: it may be text.
func byMagic(head []byte) string {
	for _, f := range []struct{ magic, format string }{
		{npyMagic, "npy"}, {parquetMagic, "parquet"}, {arrowMagic, "arrow"}, {arrowMark, "arrow"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.format
		}
	}
	return ""
}

// byName tells the format by the name's ending, which counts before the content where it says that
// the file is not text.
func byName(name, found string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".npy":
		return "npy"
	case ".parquet", ".pq":
		return "parquet"
	case ".arrow", ".arrows", ".feather", ".ipc":
		return "arrow"
	case ".tsv":
		if found == "" {
			return "tsv"
		}
	}
	if found != "" {
		return found
	}
	return "csv"
}

func formatTitle(format string) string {
	switch format {
	case "csv", "tsv", "npy":
		return strings.ToUpper(format)
	case "parquet":
		return "Parquet"
	}
	return "Arrow"
}
