package webpage

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// MaxBytes is the longest page that Read takes.
const MaxBytes = 8 << 20

// decode returns body as UTF-8 without NUL. Its character encoding is found as the HTML standard has it (WHATWG HTML,
// section 13.2.3.2): byte order mark, then contentType, then <meta>; where none of them says it, UTF-8 if the whole
// page is that, else the customary encoding of the language that the page declares, else windows-1252. Bytes that mean
// nothing in the encoding become U+FFFD.
func decode(body []byte, contentType string) (string, error) {
	if len(body) > MaxBytes {
		return "", fmt.Errorf("the page has more than %d bytes", MaxBytes)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return "", errors.New("the page is empty")
	}
	if err := checkHTML(body, contentType); err != nil {
		return "", err
	}

	encoding, name, certain := charset.DetermineEncoding(body, contentType)
	if !certain && name == "windows-1252" {
		// Either <meta> says so or nothing does: the library looks for UTF-8 in the first 1024 bytes only.
		if utf8.Valid(body) {
			encoding, name = charset.Lookup("utf-8")
		} else if customary := customaryCharset[declaredLanguage(body)]; customary != "" && !declaresCharset(body) {
			encoding, name = charset.Lookup(customary)
		}
	}
	decoded, err := encoding.NewDecoder().Bytes(body)
	if err != nil {
		return "", fmt.Errorf("the page is not in %s: %w", name, err)
	}
	s := strings.ToValidUTF8(string(decoded), "\uFFFD")
	return strings.ReplaceAll(s, "\x00", ""), nil
}

// checkHTML refuses what is declared to be something else than HTML, or plainly is.
func checkHTML(body []byte, contentType string) error {
	if declared, _, err := mime.ParseMediaType(contentType); err == nil &&
		declared != "text/html" && declared != "application/xhtml+xml" {
		return fmt.Errorf("the page is not HTML but %s", declared)
	}
	// Text of unknown kind and XML may still be HTML: a fragment, or XHTML with its prologue.
	if sniffed, _, _ := strings.Cut(http.DetectContentType(body), ";"); !strings.HasPrefix(sniffed, "text/") {
		return fmt.Errorf("the page is not HTML: its bytes look like %s", sniffed)
	}
	return nil
}

// declaredLanguage returns the primary subtag of <html lang>, in lower case.
func declaredLanguage(body []byte) string {
	tokens := html.NewTokenizer(bytes.NewReader(body))
	tokens.SetMaxBuf(1 << 16)
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			token := tokens.Token()
			for _, attribute := range token.Attr {
				if token.Data == "html" && (attribute.Key == "lang" || attribute.Key == "xml:lang") {
					primary, _, _ := strings.Cut(strings.ReplaceAll(attribute.Val, "_", "-"), "-")
					return strings.ToLower(strings.TrimSpace(primary))
				}
			}
			return ""
		}
	}
}

// declaresCharset reports whether <meta> names an encoding where the standard looks for it.
func declaresCharset(body []byte) bool {
	return bytes.Contains(bytes.ToLower(body[:min(len(body), 1024)]), []byte("charset="))
}

// customaryCharset names, for a language, the encoding of pages that do not say it: the table of the HTML standard's
// section 13.2.3.2, by primary subtag.
var customaryCharset = map[string]string{
	"ar": "windows-1256", "az": "windows-1254", "ba": "windows-1251", "be": "windows-1251", "bg": "windows-1251",
	"cs": "windows-1250", "el": "iso-8859-7", "et": "windows-1257", "fa": "windows-1256", "he": "windows-1255",
	"hr": "windows-1250", "hu": "iso-8859-2", "ja": "shift_jis", "kk": "windows-1251", "ko": "euc-kr",
	"ku": "windows-1254", "ky": "windows-1251", "lt": "windows-1257", "lv": "windows-1257", "mk": "windows-1251",
	"pl": "iso-8859-2", "ru": "windows-1251", "sah": "windows-1251", "sk": "windows-1250", "sl": "iso-8859-2",
	"sr": "windows-1251", "tg": "windows-1251", "th": "windows-874", "tr": "windows-1254", "tt": "windows-1251",
	"uk": "windows-1251", "vi": "windows-1258", "zh": "gb18030",
}
