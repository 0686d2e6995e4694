package tracker

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCountriesAreTheAssignedCodesOfISO3166AndKosovo(t *testing.T) {
	codes := strings.Fields(countries)
	if len(codes) != 250 { // 249 assigned ones, and XK
		t.Errorf("there are %d countries; want 250", len(codes))
	}
	slices.Sort(codes)
	if len(slices.Compact(codes)) != 250 {
		t.Errorf("a country stands twice in the list")
	}
	for _, code := range []string{"GB", "US", "CN", "RU", "IR", "XK", "TW", "SS", "CW", "BQ", "AX", "UM", "AD", "ZW"} {
		for _, written := range []string{code, strings.ToLower(code), code[:1] + strings.ToLower(code[1:])} {
			if got, ok := CanonicalCountry(written); got != code || !ok {
				t.Errorf("CanonicalCountry(%q) = %q, %t; want %q", written, got, ok, code)
			}
		}
	}
	for why, codes := range map[string][]string{
		"retired":            {"SU", "DD", "YU", "CS", "AN", "ZR", "BU", "TP", "FX", "NT", "HV", "RH", "VD", "YD", "AI ", "GE ", "su"},
		"reserved":           {"UK", "EU", "EZ", "UN", "AC", "CP", "DG", "EA", "IC", "TA", "CQ", "uk", "eu"},
		"users' own":         {"AA", "QM", "QZ", "XA", "XX", "XZ", "ZZ"},
		"not in its form":    {"", "G", "GBR", "gbr", "826", "  ", " G", "B ", "gb ", "ГБ", "гб", "ıt", "ſe", "U\x00"},
		"two codes together": {"AD AE", "D ", "DA"},
	} {
		for _, code := range codes {
			if got, ok := CanonicalCountry(code); ok {
				t.Errorf("CanonicalCountry(%q) = %q; want it refused: it is %s", code, got, why)
			}
		}
	}
}

func TestLanguagesAreBCP47InCanonicalForm(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "en", "EN": "en", "en-us": "en-US", "zh-hans": "zh-Hans", "zh-HANT-tw": "zh-Hant-TW", "sr-Latn-RS": "sr-Latn-RS",
		"und": "und", "mul": "mul", "x-private": "x-private", "de-1996": "de-1996", "en-u-ca-gregory": "en-u-ca-gregory",
		"iw": "he", "in": "id", "i-klingon": "tlh", "zh-cmn": "cmn", "en-UK": "en-GB",
	} {
		if got, ok := CanonicalLanguage(tag); got != want || !ok {
			t.Errorf("CanonicalLanguage(%q) = %q, %t; want %q", tag, got, ok, want)
		}
		if again, ok := CanonicalLanguage(want); again != want || !ok {
			t.Errorf("CanonicalLanguage(%q) = %q, %t; want it to stay", want, again, ok)
		}
	}
	for _, tag := range []string{"", " ", "english", "e", "xx", "en_US", "en ", " en", "en-", "-en", "en;q=0.5", "en,de", "*", "en-US-US",
		"русский", "en-x-" + strings.Repeat("a", 40), "en-x-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd"} {
		if got, ok := CanonicalLanguage(tag); ok {
			t.Errorf("CanonicalLanguage(%q) = %q; want it refused", tag, got)
		}
	}
}

func TestURLsHaveOneCanonicalForm(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"an ordinary one stays", "https://example.org/2024/01/31/pledge?id=7", "https://example.org/2024/01/31/pledge?id=7"},
		{"white space around it goes", " \thttps://example.org/a\n", "https://example.org/a"},
		{"scheme and host in lower case, the path as it is", "HTTPS://Example.ORG/Path", "https://example.org/Path"},
		{"http and https differ", "http://example.org/", "http://example.org/"},
		{"an empty path is a slash", "https://example.org", "https://example.org/"},
		{"and so before a query", "https://example.org?id=7", "https://example.org/?id=7"},
		{"a slash at the end stays", "https://example.org/a/", "https://example.org/a/"},
		{"two slashes stay", "https://example.org//a", "https://example.org//a"},
		{"no default port of http", "http://example.org:80/", "http://example.org/"},
		{"no default port of https", "https://example.org:443/", "https://example.org/"},
		{"the other one's default port stays", "http://example.org:443/", "http://example.org:443/"},
		{"another port stays", "https://example.org:8443/", "https://example.org:8443/"},
		{"a port with zeros before it", "https://example.org:08443/", "https://example.org:8443/"},
		{"a default port with zeros before it", "http://example.org:0080/", "http://example.org/"},
		{"an empty port goes", "https://example.org:/", "https://example.org/"},
		{"the fragment goes", "https://example.org/a#section", "https://example.org/a"},
		{"an empty fragment goes", "https://example.org/a#", "https://example.org/a"},
		{"an empty query goes", "https://example.org/a?", "https://example.org/a"},
		{"utm parameters go", "https://example.org/?utm_source=x&utm_medium=y&utm_campaign=z&utm_anything=1", "https://example.org/"},
		{"so do click ids", "https://example.org/?fbclid=1&gclid=2&dclid=3&msclkid=4&yclid=5&igshid=6&mc_cid=7&mc_eid=8&_ga=9", "https://example.org/"},
		{"what is left keeps its order", "https://example.org/?b=2&fbclid=1&a=1&b=1", "https://example.org/?b=2&a=1&b=1"},
		{"a parameter without a value stays", "https://example.org/?print&utm_source", "https://example.org/?print"},
		{"what only looks like a tracker stays", "https://example.org/?xutm_source=1&gclid2=2&source=utm_x", "https://example.org/?xutm_source=1&gclid2=2&source=utm_x"},
		{"an international host is in ASCII", "https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"},
		{"as it is when it is so already", "https://XN--e1afmkfd.xn--p1ai/", "https://xn--e1afmkfd.xn--p1ai/"},
		{"sharp s is a letter of its own", "https://faß.example/", "https://xn--fa-hia.example/"},
		{"wide letters are mapped", "https://ｅｘａｍｐｌｅ.org/", "https://example.org/"},
		{"a dot after the host goes", "https://example.org./", "https://example.org/"},
		{"a path in other letters is escaped", "https://example.org/путь", "https://example.org/%D0%BF%D1%83%D1%82%D1%8C"},
		{"so do such in capitals or escapes", "https://example.org/?UTM_Source=x&FBCLID=1&%75tm_medium=y&a=1", "https://example.org/?a=1"},
		{"escapes of what needs none go", "https://example.org/%7Ea%2Db%41?q=%7E%61", "https://example.org/~a-bA?q=~a"},
		{"a slash that is escaped is none", "https://example.org/a%2Fb", "https://example.org/a%2Fb"},
		{"escapes are in capitals", "https://example.org/a%2fb%c3%a9?q=%c3%a9%2f", "https://example.org/a%2Fb%C3%A9?q=%C3%A9%2F"},
		{"dot segments go", "https://example.org/a/./b/../~s", "https://example.org/a/~s"},
		{"escaped ones too", "https://example.org/a/%2e%2E/~s", "https://example.org/~s"},
		{"not above the root", "https://example.org/../../a/..", "https://example.org/"},
		{"two dots of a longer name stay", "https://example.org/a..b/...", "https://example.org/a..b/..."},
		{"a percent sign alone is escaped", "https://example.org/?q=100%&r=%%37E%2", "https://example.org/?q=100%25&r=%257E%252"},
		{"a query in other letters is escaped", "https://example.org/?q=дом", "https://example.org/?q=%D0%B4%D0%BE%D0%BC"},
		{"so are blanks and quotes in it", `https://example.org/?q=a b"<c>'`, "https://example.org/?q=a%20b%22%3Cc%3E%27"},
		{"IPv4", "http://192.0.2.1:8080/a", "http://192.0.2.1:8080/a"},
		{"IPv6 in its short form", "http://[2001:DB8:0:0::1]:80/", "http://[2001:db8::1]/"},
		{"IPv6 with a port", "http://[2001:db8::1]:81/", "http://[2001:db8::1]:81/"},
		{"IPv6 without its zone", "http://[fe80::1%25eth0]/", "http://[fe80::1]/"},
		{"a host of one label", "http://localhost:8080/", "http://localhost:8080/"},
	} {
		got, err := CanonicalURL(test.in)
		if err != nil || got != test.want {
			t.Errorf("%s: CanonicalURL(%q) = %q, %v; want %q", test.name, test.in, got, err, test.want)
		}
		if again, err := CanonicalURL(test.want); err != nil || again != test.want {
			t.Errorf("%s: CanonicalURL(%q) = %q, %v; want it to stay", test.name, test.want, again, err)
		}
	}
}

func TestWhatIsNoAddressOfAPageIsRefused(t *testing.T) {
	for _, in := range []string{
		"", " ", "example.org", "/a", "//example.org/a", "?a=1", "https:", "https://", "https:///a", "https:example.org", "https://?a",
		"ftp://example.org/", "mailto:a@example.org", "javascript:alert(1)", "JavaScript://example.org/%0Aalert(1)", "data:text/html,x",
		"file:///etc/passwd", "urn:isbn:1", "ws://example.org/",
		"https://user@example.org/", "https://user:word@example.org/", "https://@example.org/", "https://:@example.org/",
		"https://example.org:0/", "https://example.org:65536/", "https://example.org:99999/", "https://example.org:x/", "https://example.org:-1/",
		"https://exa mple.org/", "https://exam\nple.org/", "https://example.org/a\nb", "https://example.org/a\x00", "https://example.org/%zz",
		"https://-example.org/", "https://example-.org/", "https://example..org/", "https://.example.org/", "https://xn--/",
		"https://example.org../", "https://" + strings.Repeat("a", 64) + ".org/", "https://[::1/", "https://::1/", "https://[1.2.3.4]x/",
		"https://exa%6Dple.org:99999/", "https://a%80/", "https://example.org<script>/",
		"https://example.org/" + strings.Repeat("a", MaxURL), "https://example.org/" + strings.Repeat("д", MaxURL/3),
	} {
		if got, err := CanonicalURL(in); err == nil {
			t.Errorf("CanonicalURL(%.80q) = %.80q; want an error", in, got)
		} else if CodeOf(err) != Invalid {
			t.Errorf("CanonicalURL(%.80q): the error's code is %q; want %q", in, CodeOf(err), Invalid)
		}
	}
}

func TestTheLongestURLIsAccepted(t *testing.T) {
	longest := "https://example.org/"
	longest += strings.Repeat("a", MaxURL-len(longest))
	if got, err := CanonicalURL(longest); got != longest || err != nil {
		t.Errorf("CanonicalURL of %d characters: %v; want it accepted", len(longest), err)
	}
}

func FuzzCanonicalURL(f *testing.F) {
	for _, seed := range []string{"https://Example.org:443/a?utm_source=x&b=1#c", "http://пример.рф/путь?q=дом", "http://[FE80::1%25eth0]:80",
		"http://example.org/%7e/..//?&=&a=%zz", "https://user@example.org", "http://0x7f.1:080/", "http://a.b:00080/\"<>", "http://\x95/",
		"http://a.b/..//.//a/%2e%2E/%252e/%2f?%%37E&UTM_a=%", "http://a.b/./..///../[]!%21;%3b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		canonical, err := CanonicalURL(s)
		if err != nil {
			return
		}
		again, err := CanonicalURL(canonical)
		if err != nil || again != canonical {
			t.Errorf("CanonicalURL(%q) = %q, and of that %q, %v; want it to stay", s, canonical, again, err)
		}
		if !strings.HasPrefix(canonical, "http://") && !strings.HasPrefix(canonical, "https://") {
			t.Errorf("CanonicalURL(%q) = %q; want http or https", s, canonical)
		}
		if i := strings.IndexFunc(canonical, func(r rune) bool { return r <= ' ' || r >= utf8.RuneSelf-1 || r == '#' }); i >= 0 || len(canonical) > MaxURL {
			t.Errorf("CanonicalURL(%q) = %q; want printable ASCII without a fragment, at most %d bytes", s, canonical, MaxURL)
		}
	})
}

func TestDomainsAreHostNames(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "example.org": "example.org", " Example.ORG. ": "example.org", "a.b.c.example.org": "a.b.c.example.org",
		"пример.рф": "xn--e1afmkfd.xn--p1ai",
	} {
		var p Problems
		if got := in; true {
			p.Domain("/domain", &got)
			if got != want || p.Err() != nil {
				t.Errorf("domain(%q) = %q, %v; want %q", in, got, p.Err(), want)
			}
		}
	}
	for _, in := range []string{" ", "localhost", "https://example.org", "example.org/a", "example.org:80", "user@example.org", "exa mple.org",
		"-a.org", ".org", "a..org", "::1", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]", "example.org\x00", strings.Repeat("a.", 126) + "org"} {
		var p Problems
		got := in
		if p.Domain("/domain", &got); p.Err() == nil {
			t.Errorf("domain(%q) = %q; want it refused", in, got)
		}
	}
}

func TestFieldsAreCheckedByTheirForm(t *testing.T) {
	for name, test := range map[string]struct {
		check         func(p *Problems, s string)
		right, refuse []string
	}{
		"date": {func(p *Problems, s string) { p.Date("/x", Date(s)) },
			[]string{"", "2024-11-05", "2024-02-29", "0001-01-01", "9999-12-31"},
			[]string{" ", "2024-02-30", "2023-02-29", "2024-13-01", "2024-00-01", "2024-1-5", "24-01-05", "2024-11-05T00:00:00Z", "05.11.2024",
				"0000-01-01", "-2024-01-01", "2024-11-05 ", "２０２４-11-05"}},
		"country": {func(p *Problems, s string) { p.Country("/x", &s) }, []string{"", "GB", "XK", "gb", "xK"}, []string{" ", "UK", "uk", "SU", "GBR"}},
		"wikidata": {func(p *Problems, s string) { p.Wikidata("/x", &s) },
			[]string{"", "Q1", "Q30", "Q999999999999"},
			[]string{" ", "Q", "Q0", "Q01", "q30", "30", "P31", "Q30 ", "Q30\n", "Q3.0", "https://www.wikidata.org/wiki/Q30", "Q1234567890123"}},
		"vocabulary": {func(p *Problems, s string) { oneOf(p, "/x", Role(s), Roles) }, []string{"", "speaker"}, []string{" ", "Speaker", "villain"}},
		"required kind": {func(p *Problems, s string) { kind(p, "/x", Role(s), Roles) }, []string{"speaker"},
			[]string{"", "Speaker", "villain", "speaker,target"}},
		"required": {func(p *Problems, s string) { p.required("/x", s) }, []string{"a"}, []string{""}},
	} {
		for _, s := range test.right {
			var p Problems
			if test.check(&p, s); p.Err() != nil {
				t.Errorf("%s(%q): %v; want it accepted", name, s, p.Err())
			}
		}
		for _, s := range test.refuse {
			var p Problems
			if test.check(&p, s); len(p.fields) != 1 {
				t.Errorf("%s(%q) noted %d problems; want one", name, s, len(p.fields))
			}
		}
	}
}

func TestLinesAndProseAreTidied(t *testing.T) {
	for _, test := range []struct{ in, line, prose string }{
		{"", "", ""},
		{" \t\n ", "", ""},
		{"  The \t Harbour\u00A0 Ledger\n", "The Harbour Ledger", "The \t Harbour\u00A0 Ledger"},
		{"first\r\nsecond", "first second", "first\nsecond"},
		{"e\u0301", "é", "é"},
		{"a\n\n\nb", "a b", "a\n\n\nb"},
	} {
		line, prose := test.in, test.in
		var p Problems
		p.line("/x", &line, 100)
		p.prose("/x", &prose, 100)
		if line != test.line || prose != test.prose || p.Err() != nil {
			t.Errorf("line and prose of %q = %q and %q, %v; want %q and %q", test.in, line, prose, p.Err(), test.line, test.prose)
		}
	}
}

func TestControlCharactersAndTooLongTextAreRefused(t *testing.T) {
	for _, test := range []struct {
		in    string
		limit int
		want  []string
	}{
		{"да", 2, nil},
		{"даа", 2, []string{"/x too_long"}},
		{"a\x00b", 9, []string{"/x control_character"}},
		{"a\x1bb", 9, []string{"/x control_character"}},
		{"a\u0085b", 9, []string{"/x control_character"}},
		{"a\x7fb", 2, []string{"/x control_character", "/x too_long"}},
		{" " + strings.Repeat("a", 9) + " ", 9, nil},
	} {
		var p Problems
		s := test.in
		if p.prose("/x", &s, test.limit); !slices.Equal(told(p), test.want) && len(told(p))+len(test.want) > 0 {
			t.Errorf("prose(%q, %d) noted %q; want %q", test.in, test.limit, told(p), test.want)
		}
	}
}

func TestListsHaveNoBlankNoDoubleAndNoEndlessEntries(t *testing.T) {
	var none Strings
	var p Problems
	if p.lines("/aliases", &none); none == nil || p.Err() != nil {
		t.Errorf("an absent list became %#v, %v; want an empty one", none, p.Err())
	}
	list := Strings{" BBC ", "", "CNN", "BBC", " ", strings.Repeat("a", MaxListEntry+1)}
	p.lines("/aliases", &list)
	want := []string{"/aliases/1 required", "/aliases/3 duplicate", "/aliases/4 required", "/aliases/5 too_long"}
	if !slices.Equal(told(p), want) || list[0] != "BBC" {
		t.Errorf("lines noted %q of %q; want %q", told(p), list, want)
	}
	many := Strings{}
	for i := range MaxListEntries + 1 {
		many = append(many, strings.Repeat("x", i+1))
	}
	p = Problems{}
	if p.lines("/aliases", &many); !slices.Equal(told(p), []string{"/aliases too_long"}) {
		t.Errorf("a list of %d noted %q; want that it is too long", len(many), told(p))
	}
}
