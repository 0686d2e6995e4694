package generate

import (
	"embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"claimtracker/internal/tracker"
)

//go:embed words/*.txt
var files embed.FS

// tongue is what is written in one language: lines by the section of its file, with slots such as {place} to fill.
type tongue struct {
	code     string
	space    string // between sentences
	fullStop string
	lines    map[string][]string
}

// codes are the languages, and shares how many of a hundred sources publish in each.
var (
	codes  = []string{"en", "es", "fr", "de", "ru", "zh", "ar"}
	shares = []int{64, 9, 7, 6, 5, 5, 4}
)

// sections are what each language's file must have, besides one for each kind of claim.
var sections = []string{"place", "means", "topic", "headline", "said", "filler", "rebuttal", "month", "weekday", "outlet"}

// readTongues reads the languages' files.
func readTongues() (map[string]*tongue, error) {
	all := map[string]*tongue{}
	for _, code := range codes {
		content, err := files.ReadFile("words/" + code + ".txt")
		if err != nil {
			return nil, err
		}
		t := &tongue{code: code, space: " ", fullStop: ".", lines: map[string][]string{}}
		if code == "zh" {
			t.space, t.fullStop = "", "。"
		}
		section := ""
		for line := range strings.Lines(string(content)) {
			line = strings.TrimSpace(line)
			if name, ok := strings.CutPrefix(line, "# "); ok {
				section = name
			} else if line != "" {
				t.lines[section] = append(t.lines[section], line)
			}
		}
		wanted := sections
		for _, kind := range tracker.ClaimKinds {
			wanted = append(wanted, string(kind))
		}
		for _, name := range wanted {
			if len(t.lines[name]) == 0 {
				return nil, fmt.Errorf("words/%s.txt has nothing under %q", code, name)
			}
		}
		all[code] = t
	}
	return all, nil
}

// fill puts words into the slots of a line. What has no word stays as it is.
func fill(line string, words map[string]string) string {
	var filled strings.Builder
	for {
		before, rest, found := strings.Cut(line, "{")
		filled.WriteString(before)
		if !found {
			return capital(filled.String())
		}
		name, after, _ := strings.Cut(rest, "}")
		if word, ok := words[name]; ok {
			filled.WriteString(word)
		} else {
			filled.WriteString("{" + name + "}")
		}
		line = after
	}
}

// capital makes the first letter a capital.
func capital(s string) string {
	first, width := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[width:]
}

// The words below are invented, as are all names that are made of them.
var (
	nameBeginnings = strings.Fields("Ald Bran Cas Dorn Eld Fen Gars Hal Ilm Jor Kel Lind Mar Nor Ost Pell Quill Ros Sarn Tarn Ulm Vess Wend Yar Zell Ash Bel Crow Dun Esk")
	nameEndings    = strings.Fields("haven mere wick dale moor stead ford holm gate brook field marsh ridge combe vale stow wold beck crest den")
	surnameEndings = strings.Fields("owick anov ellier mann ez otti ström ukov elin ardo imori wright enko aduba ashvili andra orski equist")
	forenames      = strings.Fields("Ada Bruno Clara Dario Elena Farid Greta Hugo Ines Jonas Karim Lena Mateo Nadia Oskar Petra Quentin Rosa Samir Tessa Umar Vera Wanda Xenia Yusuf Zora Amal Boris Chiara Diego")
	platforms      = []string{"Chirpline", "Vidora", "Foromat", "Plazzadot", "Murmurboard", "Talkwell", "Snaplume"}
	tags           = strings.Fields("vote-count forged-documents bots disinformation postal-vote observers voter-roll polling-hours deepfake" +
		" cloned-site funding diaspora turnout recount court inquiry leak phishing coordinated-behaviour advertising debate candidate youth minority-language" +
		" border sanctions diplomacy media platform-takedown energy migration health religion local-press rumour telephone mail satire archive-needed" +
		" second-source translation numbers quote picture audio video anonymous-source official-statement follow-up")
	countries = strings.Fields("US GB DE FR ES MX RU CN EG AR IN BR PL UA IT CA TR GE MD RO KE NG ZA ID PH TW KR JP AU SE NL CZ RS BA XK CL CO PE TN MA")
)

// patterns are how sources of a kind that is no outlet are called.
var patterns = map[tracker.SourceKind][]string{
	tracker.SourceGovernmentBody:     {"{name} Election Office", "Ministry of the Interior of {name}", "{name} Electoral Commission"},
	tracker.SourceIntelligenceAgency: {"{name} Security Bureau", "Signals Service of {name}"},
	tracker.SourceLawEnforcement:     {"{name} Prosecutor's Office", "{name} Police"},
	tracker.SourceThinkTank:          {"{name} Institute for Open Elections", "{name} Centre for Information Studies"},
	tracker.SourceAcademic:           {"University of {name}", "{name} School of Public Affairs"},
	tracker.SourceCivilSociety:       {"Observers of {name}", "{name} Votes Association"},
	tracker.SourceTechnologyCompany:  {"{name} Software", "{name} Platforms"},
	tracker.SourcePrivateConsultancy: {"{name} Advisory", "{name} Risk Partners"},
	tracker.SourceIndividual:         {"{person}"},
	tracker.SourceSocialAccount:      {"@{name}watch", "@real{name}"},
	tracker.SourceAnonymous:          {"An official in {name}", "Somebody at the {name} office"},
	tracker.SourceOther:              {"{name} Notice Board"},
}

// called are how actors of a kind are called.
var called = map[tracker.ActorKind][]string{
	tracker.ActorState:           {"Republic of {name}", "Federation of {name}"},
	tracker.ActorGovernmentBody:  {"{name} Election Office", "Ministry of Information of {name}", "Parliament of {name}"},
	tracker.ActorSecurityService: {"{name} Security Bureau", "Directorate {name}", "External Service of {name}"},
	tracker.ActorPoliticalParty:  {"{name} Union", "Free {name} Party", "{name} Forward"},
	tracker.ActorOrganization:    {"{name} Foundation", "Friends of {name}", "{name} Veterans' League"},
	tracker.ActorCompany:         {"{name} Digital", "{name} Media Group", "{name} Data"},
	tracker.ActorPerson:          {"{person}"},
	tracker.ActorNetwork:         {"Operation {name}", "{name} Network", "{name} Cluster"},
	tracker.ActorOnlinePersona:   {"{name}_truth", "Citizen {name}"},
	tracker.ActorUnknown:         {"Unknown group {name}"},
}
