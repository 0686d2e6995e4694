package text

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// sentences is what Split finds, as text.
func sentences(s, language string) []string {
	points := []rune(s)
	var out []string
	for _, span := range Split(s, language) {
		out = append(out, string(points[span.Start:span.End]))
	}
	return out
}

// Each case writes its text with a bar where a sentence ends and the next begins.
func TestSplit(t *testing.T) {
	tests := []struct{ name, language, text string }{
		{"a sentence ends at a period before a capital", "en", "The count began at noon.| Nobody objected."},
		{"a sentence ends at a question or an exclamation", "en", "Who counted?| We did!| Fine."},
		{"a sentence goes on before a small letter", "en", "\"Is that so?\" she asked.| \"No!\" he said."},
		{"a text without a stop is one sentence", "en", "Ministry denies meddling"},
		{"a text without anything but blanks has no sentence", "en", " \t"},
		{"blanks at either end belong to no sentence", "en", "  One.|   Two.  "},

		{"a title leads to its name", "en", "Mr. Adair met Dr. Lunt and ex-Gov. Reyes.| They spoke."},
		{"initials lead to a surname", "en", "J. B. Harrow and Ann W. Pole signed.| It was late."},
		{"an initial of a group ends a sentence before a common word", "en", "It was plan B. |The vote went on."},
		{"a firm goes on unless a common word begins", "en", "Oxtail Inc. Chairman Roe left Oxtail Inc.| The shares fell."},
		{"a country goes on unless a common word begins", "en", "The U.S. Senate sat.| He lives in the U.S.| It is far."},
		{"a word without a vowel abbreviates", "en", "The Pltn. Commander spoke."},
		{"a day follows an hour, a capital else ends it", "en", "They met there at 5 p.m. Monday.| They left there at 6 p.m.| Kane stayed."},
		{"an hour at the beginning leads on", "en", "At 10 a.m. Kane spoke."},
		{"a number follows its abbreviation", "en", "See No. 5, vol. IV and pp. 12-14.| Then no.| Nobody did."},
		{"a month leads to its day", "en", "It fell on Jan. 6 and on Sept. 9.| Rain fell."},
		{"et cetera ends before a capital", "en", "We counted votes, ballots, etc.| Nobody slept."},
		{"a reporter follows the question that they put", "en", "\"Who counts?\" Marsh asked.| Nobody knew."},
		{"a common word begins a sentence after a title", "en", "They sang \"Who Counts?\"| The crowd cheered."},
		{"a title of a book ends no sentence", "en", "In \"Who Counts?\" Harrow says so.| He is right."},

		{"a quote that closes belongs to what it closes", "en", "\"We won.\"| \"You lost.\"| ‘Indeed.’| “So it is.”| It was."},
		{"a backtick opens a quotation after a blank", "de", "Er kam zu spät. |``Das gilt'', sagte sie. |`Ja', sagte er."},
		{"a bracket that closes belongs to what it closes", "en", "(The count was late.)| It was long."},
		{"an aside does not end the sentence around it", "en", "The count (it was late. Nobody knew!) went on."},
		{"an aside in an aside ends no sentence either", "en", "The count (late (very!) again. Slow (very) too.) went on."},
		{"a common word begins a sentence after an aside with a stop", "en", "They slept (it was late.)| The count went on."},
		{"a bracket that never closes holds nothing back", "en", "He smiled :( at us.| She left (at noon).| He stayed."},
		{"a reference belongs to what it proves", "en", "It was rigged.[12]| It was not.[3]"},

		{"an ellipsis goes on before a small letter", "en", "We waited ... and waited… in vain."},
		{"an ellipsis ends before a capital", "en", "We waited...| Then it came…| Nobody cheered."},
		{"an ellipsis at the beginning stands for what was left out", "en", "… And so it went.| \"... It stayed.\""},
		{"a stop after a quote that opens nothing goes on", "en", "They asked \"Why? \".| It was [...] noon. […] Kolb went.| It ended. ...| Kolb came."},
		{"a reporter follows what breaks off", "en", "\"We waited...\" Marsh said.| \"And then...\"| Nobody knew."},
		{"an ellipsis does not abbreviate", "en", "They feared plan B...| Kolb did too."},
		{"a row of stops is one", "en", "Really?!| Yes!!!| Well..."},

		{"a list's number leads to its item", "en", "1. Count the votes.| 2. Publish them.| IV. In print."},
		{"a list's number after a colon leads to its item", "en", "Two rules: 1. Count.| 2. Publish."},
		{"a number ends a sentence elsewhere", "en", "They won in 2015.| They lost by 12.| Some left."},
		{"a number begins a sentence", "en", "They won in 2015.| 12 people left.| $5 was too much."},
		{"a decimal and a version stay whole", "en", "It rose 3.5 percent.| Version 2.0.1 is out."},
		{"an address of the web stays whole", "en", "See https://example.org/a.b?c=D!e or www.example.org.| Harrow reads www.example.ca.| Or ask count.Me@example.org."},
		{"a dateline leads to its text", "en", "PORTVALE, Jan. 31 (Wire) — The count began.| PORTVALE (Wire) - It ended."},
		{"a dash begins a speaker's turn", "en", "- Who counts?| -- We do.| - So it is said.| — By whom?| ― And why!| – ¿Por qué?"},
		{"a dash begins a speaker's turn where there are no capitals", "ar", "- من فاز؟| - نحن.| - \"لا أحد.\""},
		{"a dash without a blank begins no turn", "hi", "वाह!-वाह हुई।"},
		{"a dash before a small letter goes on", "ru", "Кто считает? — спросил он.| Все молчали в тот день. — так бывает."},
		{"a dash after a quotation goes on", "ru", "«Мы!» — Орлов встал."},
		{"a point begins an item", "en", "We count all the votes.| · They count none of them."},
		{"a dateline that ends in a period leads to its text", "en", "PORTVALE, Monday. — The count began."},
		{"a blank that is missing is no obstacle", "en", "The count was over.|The town slept."},
		{"a blank that is missing after a quote is none either", "en", "\"We won.\"|Kolb smiled.|\"You lost.\""},
		{"a name with a period is no end", "en", "He works for Amazon.Com and uses Node.Js daily."},
		{"a section's sign begins a sentence", "de", "Das gilt.| § 5 regelt es."},
		{"a brand with a small letter begins a sentence", "en", "Sales rose.| iPhones sold well."},
		{"a small letter begins a sentence in hasty writing", "en", "They published everything.| ministers noticed."},
		{"a small common word begins a sentence sooner", "en", "They left the town.| it was late in Oxtal.| Nobody saw the dep. they need there.| Did any see?| they could."},
		{"a small letter goes on after a name and before a word that begins few sentences", "en", "They use Yahoo! and others.| Who objected? ministers asked.| The Bancorp. shares fell."},
		{"whoever began with a small letter goes on so", "en", "they use it.| ministers said so too!| counting ended."},
		{"a small letter goes on after a short word", "en", "The temp. stayed high."},
		{"the name of a list is a heading", "en", "Tags:| Elections Europe"},

		{"an ordinal leads to its noun", "de", "Am 5. November tagte der 2. Senat im 19. Stock.| Er schwieg."},
		{"a German number ends a sentence before a common word", "de", "Sie kam am 24. |Die anderen folgten am 25. |Danach war Ruhe."},
		{"a German day keeps its year", "de", "Bis zum 24.12. 2016 und vom 31. 12. 2016 an.| Dann nicht mehr."},
		{"a German year ends a sentence", "de", "Es war 2016.| Frankreich zögerte."},
		{"a result is no ordinal", "de", "Sie siegten 3:1.| Trainer Kolb jubelte."},
		{"a Roman numeral is an ordinal", "de", "Ludwig XIV. Sohn des Königs war jung.| Das XX. Jahrhundert kam."},
		{"German abbreviations lead on", "de", "Das gilt z. B. für Dr. Kolb, d.h. bzw. Prof. Dr. Adler ca. 3 Mio. Euro, 2 Bio. Dollar.| Gut.| Es kam 300 v. Chr.| Und es blieb."},
		{"an era goes on before a noun", "de", "Um 300 v. Chr. Handel trieb man.| Das war 300 v. Chr.| Dann kam Krieg."},
		{"German quotes close with the English opening one", "de", "„Wir zählen.“| „Warum?“, fragte sie.| „Darum!“ rief er.| »Nein.«| »Doch.«"},

		{"a French quote closes after a blank", "fr", "Il a dit : « C’est fini. »| Puis il est parti.| « Pourquoi ? » demanda-t-elle."},
		{"a French mark stands after a blank", "fr", "Qui compte ?| Nous !| Bien."},
		{"a word that leans on the next begins a sentence", "fr", "Il vit à Paris, etc.| L’an passé aussi.| C’est la Sté. |D’autres suivent."},
		{"French abbreviations lead on", "fr", "M. Le Gall et MM. Roux ont lu l’art. 5, p. ex. hier.| C’est vrai."},
		{"an era ends before a capital", "fr", "La ville date du siècle VII av. J.-C.| Rome était petite."},

		{"Spanish marks open a sentence", "es", "¿Quién cuenta?| ¡Nosotros!| Es así.| ¿y ustedes?"},
		{"a Spanish era ends before a capital and keeps together", "es", "La villa se fundó en el año 700 a. C.| Roma era joven."},
		{"a mark that opens a sentence needs no common word", "es", "La firma es Oxtal S.A.| ¿Kolb la compró?"},
		{"Spanish titles lead on, in small letters too", "es", "La sra. Ruiz y el Dr. Paz fueron.| Nadie vino."},
		{"doubled initials name a country", "es", "EE. UU. votó.| Vive ahora en los EE. UU.| Habiendo votado, volvió."},

		{"a Russian year goes on unless a common word begins", "ru", "В 2016 г. Китай молчал.| Это было в 2016 г.| Однако все знали.| Ушёл в 2017 г.| Вероятно, сам."},
		{"Russian abbreviations lead on", "ru", "Проф. А. С. Орлов жил на ул. Мира, т. е. здесь.| Он считал и т. д.| Потом ушёл."},
		{"Russian quotes and dashes go on", "ru", "«Кто считает?» — спросил он.| «Мы.»| Все молчали."},

		{"Chinese stops need no blank", "zh", "选举顺利进行。|结果明天公布！|谁赢了？|不知道。"},
		{"a quote closes after a Chinese stop", "zh", "她说：“我们赢了。”|大家都笑了。|「真的嗎？」 |真的。"},
		{"who said it follows a Chinese quote", "zh", "“谁赢了？”他问。|“我们！”她喊道。"},
		{"a Chinese quote ends before what is no report", "zh", "她说：“我们赢了。”|这个问题没有人问过。|“真的？”|报道称他说谎。"},
		{"a word in quotes ends no sentence", "zh", "人群高喊「自由！」口號，然後散去。|《誰贏了？》這本書很好。"},
		{"a Chinese statement in quotes ends the sentence that runs into it", "zh", "他称“我们赢了。”|大家都笑了。"},
		{"who says something else begins a sentence after a Chinese quote", "zh", "“我们赢了。”|他说，结果明天公布。|“谁？”她问，“是你们？”|他走了。|「誰？」她問，「是你們？」|\"谁？\"他说, \"他们？\"|他走了。"},
		{"what breaks off in a Chinese quote ends with it", "zh", "她说：“我们赢了……”|大家都笑了。|“我们……”她说。|这种“也许……”的话没有人信……他也不信。"},
		{"a Chinese stop after a quote is one with the quote's", "zh", "他问：“谁赢了？”。|大家都笑了。"},
		{"a Chinese quote goes on after a comma", "zh", "「我們贏了。」，她說。|他笑了。"},
		{"one Chinese quote after another is another sentence", "zh", "人群高喊「自由！」|「正義！」"},
		{"Chinese takes the marks of ASCII as its own", "zh", "他来了!|她走了?|是的。"},
		{"a Chinese aside ends no sentence", "zh", "他（真的吗？）走了。|（他累了。）|她也是。"},
		{"a point between names and digits is no stop", "zh", "唐納．史密斯得票3.5%。|J. K. 史密斯沒有。"},
		{"Japanese particles go on after a quote", "ja", "彼は「行こう。」と言った。|「行こう。」と彼は笑った。|「なぜ？」彼女は聞いた。|今日は晴れだ。"},

		{"the danda ends, the period abbreviates", "hi", "डॉ. शर्मा ने जे. के. वर्मा को बताया।| क्या यह सच है?| यू.एस. सरकार चुप है।"},
		{"Hindi initials spelt out keep together", "hi", "वह जी.पी.एस. लाया।| ओ.पी.डब्लू. के लोग गए।| कं. बंद है।| दूरी 5 किमी. पैदल है।"},
		{"a short Hindi word is no initial", "hi", "वह यहाँ है.| वह गया.| वे थे डॉ.शर्मा.| वह गया."},
		{"a Hindi sentence ends without its blank", "hi", "वह यहाँ है.|वह 5 कि.मी. चला।| डॉ.वर्मा म.प्र. गए।"},
		{"a Hindi dash begins a line of its own", "hi", "यह सच है।| – राम"},
		{"Hindi ends with a period or a bar as well", "hi", "वह आया.| वह गया|| यह 3.5 प्रतिशत है।"},
		{"a Hindi verb that ends the sentence reports the quotation before it", "hi", "\"यह सच है।\" उसने कहा।| \"यह सच है।\"| उसने कहा कि वह जाएगा।"},
		{"an acronym is no abbreviation of the same letters", "de", "Sie ist in der EG.| Lange war sie es nicht."},
		{"acronyms end sentences", "en", "They sell DVDs.| Amazon does too.| So did RTL.| Kolb left."},
		{"an Urdu stop ends with or without a blank", "ur", "صدر نے کہا۔| کیا یہ سچ ہے؟| ہاں ہے۔|اس نے کہا۔| ایم۔ اے کیا۔"},
		{"Polish abbreviations lead on", "pl", "Liceum im. Orłowa zyskało 4 proc. od maja, czyli 5 proc.| Orłow zyskał 3 mln zł.| Film pt. Wybory trwa.| W sądzie."},
		{"Arabic has its own question mark and initials", "ar", "هل بدأ الفرز؟| نعم.| قال د. أحمد ذلك.| كتب ج. ك. سالم عنه.| حدث ذلك عام 1992 م.| ثم انتهى."},
		{"a mark of direction belongs to what it follows", "ar", "نعم.\u200f| لا."},
		{"an Arabic verb reports a statement too", "ar", "\"هذا صحيح.\" قال الرجل.| ثم رحل."},
		{"an Arabic sentence ends without its blank", "ar", "انتهى اللقاء عام 2016.|وقال المتحدث ذلك.|وقال أ.د. سالم غيره."},
		{"an Arabic verb reports the quotation before it", "ar", "«من فاز؟» سأل الرجل.| ثم رحل."},
		{"Greek asks with a semicolon", "el", "Ποιος κέρδισε;| Ο κ. Παππάς δεν ξέρει.| Εμείς."},
		{"a Greek semicolon between blanks asks nothing", "el", "Ναι ; Όχι."},
		{"Korean goes on after a quote without a blank", "ko", "\"우리가 이긴다.\"라고 그는 말했다.| \"정말?\"이라고 물었다.| \"글쎄...\"라고 했다.| \"정말?\"| 네."},
		{"Armenian has its own stop", "hy", "Այսօր քվեարկություն է։| Վաղը՝ արդյունք։"},

		{"a tag's region and case do not matter", "DE_at", "Am 5. November war es so.| Gut."},
		{"a text without a language is read by what it looks like", "", "Am 5. November hat die Wahl nicht mit der Auszählung begonnen.| Das war neu."},
		{"a language without lists is read all the same", "sv", "Mr. Berg köpte Oxtal Inc.| Kolb gick."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bars := strings.ReplaceAll(test.text, "||", "\x00|")
			var want []string
			for part := range strings.SplitSeq(bars, "|") {
				if part = strings.TrimSpace(strings.ReplaceAll(part, "\x00", "|")); part != "" {
					want = append(want, part)
				}
			}
			text := strings.ReplaceAll(strings.ReplaceAll(bars, "|", ""), "\x00", "|")
			if got := sentences(text, test.language); !slices.Equal(got, want) {
				t.Errorf("Split(%q, %q) =\n  %s\nwant\n  %s", text, test.language, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}

func TestSplitNeverCrossesALine(t *testing.T) {
	got := sentences("Ministry denies meddling\n\nPORTVALE, Updated: Jan 31, 08:34\nBy Ann Pole\n\nThe 5\" ministry spoke. It\ndenied.\"All\" is well.\u2028All.", "en")
	want := []string{"Ministry denies meddling", "PORTVALE, Updated: Jan 31, 08:34", "By Ann Pole", "The 5\" ministry spoke.", "It", "denied.", "\"All\" is well.", "All."}
	if !slices.Equal(got, want) {
		t.Errorf("sentences =\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestSplitCountsCodePoints(t *testing.T) {
	got := Split("Ça 🗳️ va.\n选举。好。", "")
	want := []Span{{0, 9}, {10, 13}, {13, 15}}
	if !slices.Equal(got, want) {
		t.Errorf("Split = %v; want %v", got, want)
	}
}

// Whatever the text: sentences stand in order, apart from each other, trimmed, each in one line; together they hold
// every character that is not a blank; and their offsets lead to the same words in code points, bytes and UTF-16.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		"", "One. Two", "\"A!\" (b. C) ... D", "« Oui. » Non.\n\n1. Un", "「是。」他說。\n", "a. b.\u2028c", "डॉ. क। ख|", "🗳.🗳", "3,5. A", "x.\" \" Y",
	} {
		for _, language := range []string{"", "en", "de", "fr", "zh", "hi"} {
			f.Add(seed, language)
		}
	}
	f.Fuzz(func(t *testing.T, s, language string) {
		s = strings.ToValidUTF8(s, "")
		points, units := []rune(s), utf16.Encode([]rune(s))
		previous := 0
		for _, span := range Split(s, language) {
			if span.Start < previous || span.End <= span.Start || span.End > len(points) {
				t.Fatalf("Split(%q) gives %v after %d of %d", s, span, previous, len(points))
			}
			if gap := strings.TrimSpace(string(points[previous:span.Start])); gap != "" {
				t.Fatalf("Split(%q) leaves out %q", s, gap)
			}
			sentence := string(points[span.Start:span.End])
			if sentence != strings.TrimSpace(sentence) || strings.Contains(sentence, "\n") {
				t.Fatalf("Split(%q) gives %q, untrimmed or across lines", s, sentence)
			}
			if start, end := byteOffset(s, span.Start), byteOffset(s, span.End); s[start:end] != sentence || pointOffset(s, start) != span.Start || pointOffset(s, end) != span.End {
				t.Fatalf("Split(%q): bytes [%d,%d) are not %q", s, start, end, sentence)
			}
			start, end := len(utf16.Encode(points[:span.Start])), len(utf16.Encode(points[:span.End]))
			if back := string(utf16.Decode(units[start:end])); back != sentence || len(utf16.Decode(units[:start])) != span.Start {
				t.Fatalf("Split(%q): UTF-16 [%d,%d) is %q, not %q", s, start, end, back, sentence)
			}
			previous = span.End
		}
		if rest := strings.TrimSpace(string(points[previous:])); rest != "" {
			t.Fatalf("Split(%q) leaves out %q at the end", s, rest)
		}
	})
}

func byteOffset(s string, points int) int {
	for offset := range s {
		if points == 0 {
			return offset
		}
		points--
	}
	return len(s)
}

func pointOffset(s string, offset int) int {
	return utf8.RuneCountInString(s[:offset])
}

func TestDetectLanguage(t *testing.T) {
	tests := []struct{ want, text string }{
		{"en", "The count was not rigged."},
		{"en", "The ministry said on Tuesday that the count of the votes had been neither stopped nor changed, and that those who say so have shown no proof of it. It asked the court to hear everyone who was in the hall that night, among them the two observers who left before midnight, and to publish what they tell it."},
		{"de", "Der Kanzler kam nicht zur Wahl."},
		{"fr", "Les bulletins ont été comptés dans la nuit par des bénévoles."},
		{"es", "El voto no fue manipulado, dijo el ministro."},
		{"it", "Il voto non è stato truccato, ha detto il ministro."},
		{"pt", "O voto não foi manipulado, disse o ministro."},
		{"nl", "De stemming was niet gemanipuleerd, zei de minister."},
		{"ru", "Выборы прошли спокойно."},
		{"uk", "Вибори пройшли спокійно."},
		{"ru", strings.Repeat("Выборы в этом районе прошли спокойно. ", 10) + "Київ."},
		{"ru", "Он голосовал дома."},
		{"sr", "Избори су прошли мирно, каже министар."},
		{"ar", "جرت الانتخابات بهدوء."},
		{"fa", "انتخابات به آرامی برگزار شد و چند نفر رأی دادند."},
		{"ur", "انتخابات پرسکون رہے۔"},
		{"hi", "चुनाव शांतिपूर्ण रहे।"},
		{"zh", "选举顺利进行。"},
		{"ja", "選挙は平穏に行われた。"},
		{"ko", "선거는 평온했다."},
		{"el", "Οι εκλογές έγιναν."},
		{"und", "Oy."},
		{"und", "12345 !!"},
		{"und", ""},
	}
	for _, test := range tests {
		if got := DetectLanguage(test.text); got != test.want {
			t.Errorf("DetectLanguage(%q) = %q; want %q", test.text, got, test.want)
		}
	}
}

func TestBlanksAreThoseOfUnicode(t *testing.T) {
	for r := range unicode.MaxRune {
		c := characterOf(r)
		if isBlank := c == blank || c == lineEnd; isBlank != unicode.IsSpace(r) {
			t.Errorf("characterOf(%U) = %d, while unicode.IsSpace = %v", r, c, unicode.IsSpace(r))
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	paragraphs := []struct{ language, text string }{
		{"en", "The commission met in Portvale on Jan. 6, Mr. Adair said, and it counted until 5 p.m. at least. \"Nobody objected,\" he added. " +
			"About 3.5 percent of the ballots (some 12,000 of them) were read twice, which the U.S. observers called unusual but not wrong. Who asked for it? The ministry did not say.\n"},
		{"de", "Die Kommission tagte am 5. November in Altstadt, sagte Dr. Kolb, und zählte bis 17 Uhr. „Niemand widersprach“, ergänzte er. " +
			"Etwa 3,5 % der Stimmen (rund 12.000) wurden z. B. zweimal gelesen, was die Beobachter ungewöhnlich, aber nicht falsch nannten. Wer wollte das? Das Ministerium schwieg.\n"},
		{"zh", "选举委员会十一月五日在旧城开会，主任表示计票一直持续到下午五点。“没有人反对。”他说。大约3.5%的选票被读了两遍，观察员认为这不寻常，但并没有错。谁提出的要求？部里没有说明。\n"},
		{"hi", "चुनाव आयोग की बैठक 5 नवंबर को पुराने शहर में हुई, डॉ. शर्मा ने बताया, और गिनती शाम पाँच बजे तक चली। \"किसी ने विरोध नहीं किया,\" उन्होंने कहा। लगभग 3.5 प्रतिशत मत दो बार पढ़े गए। किसने माँगा? मंत्रालय ने नहीं बताया।\n"},
	}
	for _, paragraph := range paragraphs {
		article := strings.Repeat(paragraph.text, 50)
		b.Run(paragraph.language, func(b *testing.B) {
			b.SetBytes(int64(len(article)))
			b.ReportAllocs()
			for b.Loop() {
				Split(article, paragraph.language)
			}
		})
	}
}
