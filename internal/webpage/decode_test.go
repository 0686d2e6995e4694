package webpage

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func TestReadFindsTheCharacterEncoding(t *testing.T) {
	const (
		russian = "Комиссия портового города сообщила, что письма избирателям рассылала не она."
		french  = "La commission électorale a déclaré que les lettres n’étaient pas les siennes."
		german  = "Die Wahlbehörde erklärt, dass die Briefe für Wähler nicht von ihr stammen."
		chinese = "港口城市的选举委员会表示，要求选民留在家中的信件并非由其发出。"
		harbour = "港町の選挙管理委員会は、有権者への手紙は委員会のものではないと述べた。"
	)
	html := func(head, words string) string {
		return head + "<body><article><p>" + strings.Repeat(words+"</p><p>", 6) + "</article>"
	}
	// A head of more than the 1024 bytes in which an encoding is looked for.
	longHead := "<!-- " + strings.Repeat("x", 1100) + " -->"
	tests := []struct {
		name, contentType, head, words string
		encoding                       encoding.Encoding
	}{
		{"windows-1251 by the header", "text/html; charset=windows-1251", "", russian, charmap.Windows1251},
		{"windows-1251 by meta", "text/html", `<meta charset="windows-1251">`, russian, charmap.Windows1251},
		{"the header before meta", "text/html; charset=koi8-r", `<meta charset="windows-1251">`, russian, charmap.KOI8R},
		{"windows-1251 by the language alone", "", `<html lang="ru-RU">`, russian, charmap.Windows1251},
		{"Shift_JIS by the language alone", "", `<html lang="ja">`, harbour, japanese.ShiftJIS},
		{"meta before the language", "", `<html lang="ru"><meta http-equiv="Content-Type" content="text/html; charset=windows-1252">`, french, charmap.Windows1252},
		{"ISO-8859-1 by meta", "", `<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">`, german, charmap.ISO8859_1},
		{"ISO-8859-1 by nothing", "", "", german, charmap.ISO8859_1},
		{"windows-1252 by nothing", "", longHead, french, charmap.Windows1252},
		{"GBK by meta", "", `<meta charset=gbk>`, chinese, simplifiedchinese.GBK},
		{"GB2312 by the header is GBK", "text/html;charset=GB2312", "", chinese, simplifiedchinese.GBK},
		{"UTF-16 by its byte order mark", "text/html", "", russian, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		{"big-endian UTF-16 by its byte order mark", "text/html; charset=utf-8", "", chinese, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
		{"UTF-8 by its byte order mark", "text/html; charset=windows-1251", "", russian, unicode.UTF8BOM},
		{"UTF-8 by nothing", "", "", russian, unicode.UTF8},
		{"UTF-8 by nothing, far into the page", "", longHead, chinese, unicode.UTF8},
		{"UTF-8 by nothing, against the custom of the language", "", longHead + `<html lang="ru">`, russian, unicode.UTF8},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body, err := test.encoding.NewEncoder().String(html(test.head, test.words))
			if err != nil {
				t.Fatal(err)
			}
			page, err := Read([]byte(body), test.contentType, "")
			if first, _, _ := strings.Cut(page.Text, "\n"); err != nil || first != test.words {
				t.Errorf("Read gives %q, %v; want %q", first, err, test.words)
			}
		})
	}
}

func TestReadMarksBytesThatMeanNothing(t *testing.T) {
	page, err := Read([]byte("<p>The bo\xFFard</p><p>"+opening), "text/html; charset=utf-8", "")
	if first, _, _ := strings.Cut(page.Text, "\n"); err != nil || first != "The bo\uFFFDard" {
		t.Errorf("Read gives %q, %v; want %q", first, err, "The bo\uFFFDard")
	}
}

func TestReadIgnoresNUL(t *testing.T) {
	html := "<!DOCTYPE html><html><body>" + strings.Repeat(" ", 600) + "<p>The bo\x00ard</p><p>" + opening
	page, err := Read([]byte(html), "text/html; charset=utf-8", "")
	if first, _, _ := strings.Cut(page.Text, "\n"); err != nil || first != "The board" {
		t.Errorf("Read gives %q, %v; want %q", first, err, "The board")
	}
}
