package tracker

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// The longest inputs that are accepted, in Unicode code points, and the most items of a list.
const (
	MaxName        = 300
	MaxLongText    = 10_000
	MaxURL         = 2_048
	MaxListEntry   = 300
	MaxListEntries = 100
)

// The checks below each put one field into its canonical form and note what is wrong with it. An empty value means that
// the client left the field out; only required refuses that. Those that have a name of their own outside of the package
// also check what lists are filtered by.

// required notes that a field was left out, and says whether it is there.
func (p *Problems) required(pointer, value string) bool {
	if value == "" {
		p.Add(pointer, "required", "must be given, and not be blank")
	}
	return value != ""
}

// line makes *s one line of NFC text with single spaces, at most limit code points long.
func (p *Problems) line(pointer string, s *string, limit int) {
	*s = strings.Join(strings.Fields(norm.NFC.String(*s)), " ")
	p.prose(pointer, s, limit)
}

// Name makes *s a line as names are.
func (p *Problems) Name(pointer string, s *string) { p.line(pointer, s, MaxName) }

// Tag makes *s a line as tags are, in lower case.
func (p *Problems) Tag(pointer string, s *string) {
	*s = strings.ToLower(*s)
	p.line(pointer, s, MaxListEntry)
}

// Quote makes *s a line as long as what an occurrence quotes.
func (p *Problems) Quote(pointer string, s *string) { p.line(pointer, s, MaxLongText) }

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Digest makes *s a SHA-256 digest in lower case.
func (p *Problems) Digest(pointer string, s *string) {
	if *s = strings.ToLower(*s); *s != "" && !digestForm.MatchString(*s) {
		p.Add(pointer, "format", "must be a SHA-256 digest: 64 hexadecimal digits")
	}
}

// prose makes *s trimmed NFC text that may have several lines, at most limit code points long.
func (p *Problems) prose(pointer string, s *string, limit int) {
	*s = strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(*s, "\r\n", "\n")))
	if i := strings.IndexFunc(*s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }); i >= 0 {
		p.Add(pointer, "control_character", "must not hold control characters; there is one after %d characters",
			utf8.RuneCountInString((*s)[:i]))
	}
	p.length(pointer, *s, limit)
}

// length checks that a text is at most limit code points long.
func (p *Problems) length(pointer, s string, limit int) {
	if n := utf8.RuneCountInString(s); n > limit {
		p.Add(pointer, "too_long", "must be at most %d characters long; it has %d", limit, n)
	}
}

// lines checks a list of one-line entries: none blank, none twice.
func (p *Problems) lines(pointer string, list *Strings) {
	if *list == nil {
		*list = Strings{}
	}
	if !p.entries(pointer, len(*list)) {
		return
	}
	for i := range *list {
		at := pointer + "/" + strconv.Itoa(i)
		p.line(at, &(*list)[i], MaxListEntry)
		if p.required(at, (*list)[i]) && slices.Contains((*list)[:i], (*list)[i]) {
			p.Add(at, "duplicate", "stands in the list twice")
		}
	}
}

// entries checks how many items a list has, and says whether they are few enough to be looked at.
func (p *Problems) entries(pointer string, n int) bool {
	if n > MaxListEntries {
		p.Add(pointer, "too_long", "must have at most %d entries; it has %d", MaxListEntries, n)
	}
	return n <= MaxListEntries
}

// id checks an id that may be left out.
func (p *Problems) id(pointer string, id *int64) {
	if id != nil && *id < 1 {
		p.Add(pointer, "out_of_range", "must be the id of a record: a whole number from 1")
	}
}

// oneOf checks a value against its vocabulary.
func oneOf[T ~string](p *Problems, pointer string, value T, vocabulary []T) {
	if value != "" && !slices.Contains(vocabulary, value) {
		p.Add(pointer, "not_in_vocabulary", "must be one of %s", Listed(vocabulary))
	}
}

// kind checks a required value against its vocabulary.
func kind[T ~string](p *Problems, pointer string, value T, vocabulary []T) {
	if value == "" {
		p.Add(pointer, "required", "must be given: one of %s", Listed(vocabulary))
	}
	oneOf(p, pointer, value, vocabulary)
}

// Listed is values as they stand in a sentence: a, b, c.
func Listed[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

// countries are the officially assigned codes of ISO 3166-1 alpha-2, and XK, the user-assigned code of Kosovo.
const countries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY" +
	" BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO" +
	" FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM" +
	" JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ" +
	" MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE" +
	" RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT" +
	" TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK "

// Country makes *code that of a country, in capitals.
func (p *Problems) Country(pointer string, code *string) {
	if *code == "" {
		return
	}
	canonical, ok := CanonicalCountry(*code)
	if !ok {
		p.Add(pointer, "not_in_vocabulary", "must be an ISO 3166-1 alpha-2 code, such as GB (or XK for Kosovo)")
		return
	}
	*code = canonical
}

// CanonicalCountry is an ISO 3166-1 alpha-2 code (or XK) in capitals, and whether it is one.
func CanonicalCountry(code string) (canonical string, ok bool) {
	canonical = strings.ToUpper(code)
	return canonical, len(code) == 2 && strings.Contains(countries, " "+canonical+" ")
}

// Language makes *tag a canonical BCP 47 tag.
func (p *Problems) Language(pointer string, tag *string) {
	if *tag == "" {
		return
	}
	canonical, ok := CanonicalLanguage(*tag)
	if !ok {
		p.Add(pointer, "format", "must be a BCP 47 language tag, such as en or zh-Hans")
		return
	}
	*tag = canonical
}

// CanonicalLanguage is the canonical form of a BCP 47 tag, and whether it is one.
func CanonicalLanguage(tag string) (canonical string, ok bool) {
	t, err := language.Parse(tag)
	return t.String(), err == nil && len(tag) <= 35 && !strings.Contains(tag, "_")
}

// Date checks that d is a day that exists.
func (p *Problems) Date(pointer string, d Date) {
	if d == "" {
		return
	}
	if t, err := time.Parse(time.DateOnly, string(d)); err != nil || t.Year() < 1 {
		p.Add(pointer, "format", "must be a day that exists, as YYYY-MM-DD")
	}
}

// Link makes *s a canonical http or https URL.
func (p *Problems) Link(pointer string, s *string) {
	if *s == "" {
		return
	}
	canonical, err := CanonicalURL(*s)
	if err != nil {
		p.Add(pointer, "format", "%s", err.Error())
		return
	}
	*s = canonical
}

// trackers are query parameters that say how a reader came to a page, never which page it is.
var trackers = regexp.MustCompile(`(?i)^(utm_.*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_cid|mc_eid|ref_src|ref_url|cmpid|_ga)$`)

// CanonicalURL is the form of a URL by which an article is known: an absolute http or https URL (RFC 3986, 6.2.2 and
// 6.2.3: scheme and host in lower case, no default port, "/" for an empty path, no dot segments, no escapes of unreserved
// characters, the others in capitals) without user, fragment and the usual tracking parameters, in ASCII. What is left of
// the query keeps its order, and the path its case.
func CanonicalURL(s string) (string, error) {
	s = strings.TrimSpace(s)
	u, err := url.Parse(s)
	switch {
	case err != nil, !utf8.ValidString(s), u.Scheme != "http" && u.Scheme != "https", u.Opaque != "":
		return "", Errorf(Invalid, "must be an absolute http or https URL")
	case u.User != nil:
		return "", Errorf(Invalid, "must not hold a user name or password")
	}
	host, err := canonicalHost(u.Hostname())
	if err != nil {
		return "", Errorf(Invalid, "must name a host that exists in DNS's form")
	}
	if port := strings.TrimLeft(u.Port(), "0"); u.Port() != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", Errorf(Invalid, "must have a port from 1 to 65535, where it has one")
		}
		host += ":" + port
	}
	u.Host, u.Fragment, u.RawFragment, u.ForceQuery = host, "", "", false
	u.RawPath = unreserved(cmp.Or(u.EscapedPath(), "/"))
	if u.Path, err = url.PathUnescape(u.RawPath); err != nil {
		return "", Errorf(Invalid, "must be an absolute http or https URL")
	}
	u = u.ResolveReference(u) // without dot segments
	u.RawQuery = strings.Join(slices.DeleteFunc(strings.Split(unreserved(escapeQuery(u.RawQuery)), "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return trackers.MatchString(name)
	}), "&")
	canonical := u.String()
	if n := len(canonical); n > MaxURL {
		return "", Errorf(Invalid, "must be at most %d characters long in its canonical form; it has %d", MaxURL, n)
	}
	return canonical, nil
}

// escapeQuery writes in percent escapes what cannot stand in a query as it is, as browsers do (WHATWG URL, query
// percent-encode set). Escapes that are there already stay as they are; a percent sign that begins none is escaped, or
// what comes after it could be taken for one.
func escapeQuery(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7F || strings.IndexByte(`"#<>'`, c) >= 0 || c == '%' && !escapeForm.MatchString(s[i:min(i+3, len(s))]) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

var escapeForm = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// unreserved writes a part of a URL without the escapes that it does not need, those of unreserved characters (RFC 3986,
// 2.3), and the others in capitals.
func unreserved(s string) string {
	return escapeForm.ReplaceAllStringFunc(s, func(escape string) string {
		c, err := url.PathUnescape(escape)
		if err == nil && unreservedForm.MatchString(c) {
			return c
		}
		return strings.ToUpper(escape)
	})
}

var unreservedForm = regexp.MustCompile(`^[A-Za-z0-9._~-]$`)

// canonicalHost is a host name in its ASCII form (IDNA, RFC 5891), or an IP address as it stands in a URL.
func canonicalHost(host string) (string, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Is6() {
			return "[" + ip.WithZone("").String() + "]", nil
		}
		return ip.String(), nil
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
	if err == nil && (!utf8.ValidString(host) || !domainForm.MatchString(ascii)) {
		err = Errorf(Invalid, "not a host name")
	}
	return ascii, err
}

var domainForm = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// Domain makes *s a host name in lower case, such as example.org.
func (p *Problems) Domain(pointer string, s *string) {
	if *s == "" {
		return
	}
	host, err := canonicalHost(strings.TrimSpace(*s))
	if err != nil || !strings.Contains(host, ".") || strings.Contains(host, ":") || len(host) > 253 {
		p.Add(pointer, "format", "must be a domain name such as example.org, without scheme or path")
		return
	}
	*s = host
}

var wikidataForm = regexp.MustCompile(`^Q[1-9][0-9]{0,11}$`)

// Wikidata checks that *id names an item of Wikidata.
func (p *Problems) Wikidata(pointer string, id *string) {
	if *id != "" && !wikidataForm.MatchString(*id) {
		p.Add(pointer, "format", "must be a Wikidata item id, such as Q30")
	}
}

// HostOf is the host of a canonical URL, without its port.
func HostOf(canonical string) string {
	u, err := url.Parse(canonical)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Host, ":"+u.Port())
}

// Host makes *s a host as HostOf gives it: a name, or an IP address.
func (p *Problems) Host(pointer string, s *string) {
	if *s == "" {
		return
	}
	host, err := canonicalHost(strings.Trim(strings.TrimSpace(*s), "[]"))
	if err != nil {
		p.Add(pointer, "format", "must be a host such as example.org, without scheme, port or path")
		return
	}
	*s = host
}
