package text

import "strings"

// A language is what the rules have to know of one: all of it words.
type language struct {
	abbreviations map[string]habit
	starters      words     // words that a sentence may begin with and a name hardly ever does, in small letters; nil: not known
	continues     words     // capitalised words that go on after "p.m." and its like
	reports       words     // verbs that tell who said a quotation, after it
	sayings       []string  // the same where no blank parts words: what such a clause ends with
	labels        words     // what stands with a colon before a list of keywords
	verbLast      bool      // whether such a verb ends the clause: "… उसने कहा।"
	ordinals      bool      // whether a period after a number makes it an ordinal: "am 5. November"
	stop          character // what the character at stopSign means, after a word
	stopSign      byte      // a sign of ASCII that this language takes for a stop
}

// words is a set of them.
type words map[string]struct{}

func wordsOf(list string) words {
	set := words{}
	for word := range strings.FieldsSeq(list) {
		set[word] = struct{}{}
	}
	return set
}

// has reports whether a word is in the set, in small letters or as it is written.
func (w words) has(word string) bool {
	if len(w) == 0 {
		return false
	}
	if _, found := w[word]; found {
		return true
	}
	var buffer [64]byte
	_, found := w[string(appendLower(buffer[:0], word))]
	return found
}

// periods is the habits of a language's abbreviations, each list parted by blanks and written without the last period.
type periods struct {
	never, number, starter, capital string
}

// habits makes one table of several lists. A word that stands in two has the habit that the later one gives it.
func habits(lists ...periods) map[string]habit {
	table := map[string]habit{}
	add := func(list string, h habit) {
		for word := range strings.FieldsSeq(list) {
			table[word] = h
		}
	}
	for _, list := range lists {
		add(list.never, neverEnds)
		add(list.number, notBeforeNumber)
		add(list.starter, beforeStarter)
		add(list.capital, beforeCapital)
	}
	return table
}

// languageOf finds the rules for a BCP 47 tag by its first subtag, for a text without a tag by what the text looks to be
// written in. A language that has none of its own is read by what newsrooms share.
func languageOf(s, tag string) *language {
	tag, _, _ = strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	if tag == "" || tag == undetermined {
		tag = DetectLanguage(s)
	}
	if known, found := languages[tag]; found {
		return known
	}
	return unknown
}

var languages = map[string]*language{
	"en": english, "de": german, "fr": french, "es": spanish, "it": italian, "pt": portuguese, "nl": dutch,
	"pl": polish, "ru": russian, "uk": ukrainian, "be": russian, "bg": russian,
	"ar": arabic, "fa": arabic, "ur": urdu, "hi": hindi, "mr": hindi, "ne": hindi, "el": greek,
	"zh": chinese, "yue": chinese, "ja": japanese,
}

// international is what the press of every language prints: titles, firms, and Latin.
var international = periods{
	never: `Mr Mrs Ms Mx Messrs Dr Drs Prof Rev Fr Hon Gen Lt Col Cpl Sgt Capt Cmdr Maj Adm Sen Rep Gov Pres St Mt Ft vs
			viz cf i.e e.g ie eg approx ca`,
	number:  "no nos pp p vol vols fig figs art sec ch chap",
	starter: "Inc Ltd Co Corp Bros Jr Sr Esq Jan Feb Aug Sept Oct Nov Dec U.S U.K U.N E.U D.C",
	capital: "etc al",
}

// unknown reads languages that have no list of their own: a capital after an abbreviation is then taken at its word.
var unknown = &language{abbreviations: habits(international)}

var english = &language{
	abbreviations: habits(international, periods{
		never: `Atty Supt Insp Det Amb Sgts Lts Gens Cols Sens Reps Govs Profs Revs Pfc Pvt Spc Comm Cdr Brig Ald Assn Dist
			Msgr Bp Abp Dir Asst Assoc Vice-Pres Lt-Gov Mme Mlle M Pte Cllr Ven Messrs esp incl viz est nee ed eds trans
			rev pl resp`,
		number: "Fig Vol Pt Ch Sec Sect para Nr tel ext Mar Apr Jun Jul Psalm Matt Rom Cor ver",
		starter: `St Ave Blvd Rd Hwy Pkwy Dept Univ Inst Bldg Mfg Intl Natl Govt Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
			Ph.D M.D B.A M.A B.Sc M.Sc LL.B LL.M D.D.S R.N Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md
			Mich Minn Miss Mont Neb Nev Okla Ont Ore Pa Penn Que Tenn Tex Va Vt Wash Wis Wyo oz lb lbs ft hr hrs min
			mins mph sq Cie plc`,
		capital: "a.m p.m am pm B.C A.D B.C.E C.E BC AD",
	}),
	starters: wordsOf(`a about above according across additionally after again against ago all along already also although among an and
		another any anyone are around as asked at back because before behind being below besides between both but by can
		clearly could current currently despite did do does down during each earlier early either even eventually every
		everyone everything except few finally following for former formerly from furthermore get given had has have
		having he hence her here his how however i if in indeed initially instead into is it its just last later least
		less let like likewise many maybe meanwhile more moreover most much my nearly neither never nevertheless next no
		nobody none nonetheless nor not nothing now of off officials on once one only or originally other others
		otherwise our out over overall people perhaps police previously rather recently researchers several she should
		similarly since so some someone something sometimes soon still such suddenly than that the their them then there
		therefore these they this those though three through throughout thus to today together tomorrow too toward
		towards two unfortunately unless unlike until up upon us using usually was we were what when where whereas
		whether which while who whoever whose why with within without would yes yesterday yet you your`),
	continues: wordsOf(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thurs Fri Sat Sun January February
		March April May June July August September October November December Jan Feb Aug Sept Oct Nov Dec ET EST EDT CT
		CST CDT MT MST MDT PT PST PDT GMT UTC BST CET CEST IST JST AEST AEDT HKT SGT Eastern Central Pacific`),
	labels: wordsOf(`categories keywords related sources tags topics`),
	reports: wordsOf(`said says asked asks replied replies wrote writes added adds shouted cried exclaimed wondered inquired tweeted
		answered remarked quipped demanded declared told`),
}

var german = &language{
	ordinals: true,
	labels:   wordsOf(`kategorien quellen schlagwörter stichwörter themen`),
	abbreviations: habits(international, periods{
		never: `Hr Hrn Fr Frl Dipl Dipl-Ing Ing Hptm Gen Präs Vors St Skt z.b z.t z.Z z.Zt z.Hd d.h i.d.R i.A i.V i.S i.Allg
			u.U u.a a.a.O a.M o.g s.o s.u v.a m.E b.a m.a.W d.i v.d m.W s.a vgl bzw ca sog inkl exkl einschl zzgl abzgl
			evtl ggf gegr geb gest verh verst insb insbes bes allg amtl bspw dt engl frz franz russ lat griech ital span
			urspr ehem jew max mind durchschn tägl jährl mtl entspr Nr Nrn Abs Abschn Kap Bd Bde Abb Tab Anm Aufl hrsg
			Hg Red Verf Ziff Rn Rdnr Az Bf Fa Fam Kto Postf zw gem lt betr bez bzgl S rd Dres h.c v n zb Mag Tel`,
		starter: `Mio Mrd Bio Tsd Std Min Sek Jh Jhd Jhs Febr Apr Okt Dez Str Pl Chr v.Chr n.Chr e.V a.D i.R u.ä o.ä u.dgl Dr.h.c
			Hbf Mill Pkt sen jun jr sr`,
		number:  "p pp vol",
		capital: "usw etc usf u.s.w u.s.f ff uvm u.v.m u.v.a",
	}),
	starters: wordsOf(`aber all alle allein allem allen aller allerdings alles als also am an andere anders anschließend auch auf
		aufgrund aus außer außerdem bald bei beide beim bereits besonders bevor bis bisher da dabei dadurch dafür
		dagegen daher dahinter damals damit danach daneben dann daran darauf daraufhin daraus darin darüber darum das
		dass davon davor dazu dein dem demnach den denn dennoch der deren des deshalb dessen deswegen die dies diese
		diesem diesen dieser dieses doch dort du durch ebenfalls ebenso eigentlich ein eine einem einen einer eines
		einige einst endlich entweder er erst es etwa etwas euer falls fast ferner folglich für ganz gegen gegenüber
		genau gestern gleichzeitig hat hatte hätte heute hier hierbei hierzu hinter ich ihm ihn ihnen ihr ihre ihrem
		ihren ihrer ihres im immer immerhin in indem insgesamt inzwischen ist ja je jede jedem jeden jeder jedes jedoch
		jemand jene jetzt kann kein keine keiner kurz laut lediglich leider letztlich man manche manchmal mehr mehrere
		mein meine meist meistens mit mittlerweile möglicherweise morgen muss nach nachdem nachher natürlich neben nicht
		nichts nie niemand noch nun nur ob oben obwohl oder offenbar oft ohne per plötzlich schließlich schon sehr sein
		seine seinem seinen seiner seit seitdem selbst sich sie sind so sobald sodass sofern sofort sogar solange solche
		soll somit sondern sonst soweit sowohl später spätestens statt trotz trotzdem über überall übrigens um und unser
		unsere unter vermutlich viel viele vielleicht vier vom von vor vorher während wahrscheinlich wann war waren
		warum was wegen weil weiter weitere weiterhin welche welcher welches wenn wenngleich wer werden weshalb wie
		wieder wir wird wo wobei wohl worauf wurde wurden zu zudem zuerst zuletzt zum zunächst zur zurzeit zusammen
		zusätzlich zuvor zwar zwei zwischen`),
}

var french = &language{
	labels: wordsOf(`catégories étiquettes mots-clés sources`),
	abbreviations: habits(international, periods{
		never: `M MM Mgr Me Pr Mme Mmes Mlle Mlles Vve Ste Gal Cdt Cne p.ex ex cf av apr env c.-à-d càd Bd Bld Fbg hab tél
			ap id ibid op loc dir éd éds coll trad adj adm gén lieut`,
		number:  "n nº art p pp vol chap fig t § al ch",
		starter: "janv févr avr juil sept oct nov déc Cie Ets Sté boul bd éd S.A E.-U É.-U",
		capital: "etc J.-C av.J.-C apr.J.-C ap.J.-C",
	}),
	starters: wordsOf(`à afin ailleurs ainsi alors après au aucun aucune aujourd'hui auparavant aussi autant autour autre autres aux
		avant avec beaucoup bien car ce ceci cela celle celles celui cependant certain certaines certains ces cet cette
		ceux chacun chaque chez comme comment contrairement d' dans de depuis derrière des dès désormais deux devant
		dont donc du durant elle elles en encore enfin ensuite entre est et eux finalement grâce hier hors ici il ils j'
		jamais je jusqu' jusque l' la là le les leur leurs lors lorsqu' lorsque lui ma mais malgré même mes moins mon n'
		ne néanmoins ni non nos notre nous on or ou où outre par parce parfois parmi pendant personne peu peut peut-être
		plus plusieurs plutôt pour pourquoi pourtant presque puis puisque qu' quand quant que quel quelle quelles
		quelqu' quelque quelques quels qui quoi quoique s' sa sans sauf se selon ses seul seule si sinon soit son sous
		souvent suite sur surtout ta tandis tant tel telle tous tout toute toutefois toutes très trois trop tu un une
		vers voici voilà vos votre vous y`),
}

var spanish = &language{
	labels: wordsOf(`categorías etiquetas fuentes temas`),
	abbreviations: habits(international, periods{
		never: `sr sra srta sres sras srtas dr dra dres dras D Dª dña Da lic licda ing arq abg prof profa gral cnel tte Cap
			sgto cmdte mons excmo excma ilmo ilma rvdo Fr hno hna sto sta pdte pdta fdo EE FF RR CC p.ej ej aprox av
			avda Blvd Ctra Pza Plza Urb Edif Depto Dpto tel Tfno pág págs núm núms esq prov entlo dcha izq atte`,
		number:  "n nº art arts cap vol t fig p pp págs inc párr §",
		starter: "Ud Uds Vd Vds Cía Cia S.A S.L S.R.L S.A.S C.V ene feb abr ago sept oct dic hab kg km nov",
		capital: "etc UU EE.UU E.U a.C d.C a.e.c d.e.c A.C D.C",
	}),
	starters: wordsOf(`a además ahora al algo alguien algún alguna algunas algunos ante antes aquel aquella aquellos aquí así asimismo
		aún aunque bajo bien cada casi como cómo con contra cual cualquier cuando cuándo cuanto cuatro de debido del
		dentro desde después detrás dicha dicho donde dónde dos durante e él el ella ellas ello ellos en entonces entre
		era eran es esa esas ese eso esos esta está están estas este esto estos excepto finalmente fue fueron gracias ha
		había hace hacia han hasta hay hoy igual incluso la las le les lo los luego mas más me mediante mejor menos mi
		mientras mis mucha muchas mucho muchos muy nada nadie ni ningún ninguna no nos nosotros nuestra nuestro nunca o
		otra otras otro otros para pero poco por porque posteriormente pronto pues que qué quien quién quizá quizás se
		según ser si sí siempre sin sobre solo sólo son su sus tal también tampoco tan tanto te tiene toda todas todavía
		todo todos tras tres tu un una unas uno unos usted varias varios vuestro y ya yo`),
}

var italian = &language{
	abbreviations: habits(international, periods{
		never: `sig sigg sig.ra sig.na dott dott.ssa dr prof prof.ssa avv ing arch geom rag on sen mons gen col cap ten mar
			card S SS p.es es ad cfr ca pag pagg tel v vd`,
		number:  "n nn art artt c vol p pp fig cap par",
		starter: "s.p.a s.r.l gen feb apr ago sett ott nov dic",
		capital: "ecc etc a.C d.C",
	}),
	starters: wordsOf(`a ad ai al alcune alcuni alla alle allo allora altri altro anche ancora anzi appena attualmente c' che chi ci
		come con così cosa da dal dalla dalle dagli dai davanti degli dei del dell' della delle dello dentro di dopo
		dove due dunque durante e è ecco ed era erano essi fino forse fra già gli grazie ha ho hanno i il in infatti
		infine inoltre insieme invece io l' la le lei lo loro lui ma mai me mentre molte molti nel nell' nella nelle
		negli nei nessuno noi non nonostante nulla o oggi ogni ora ormai per perché però più poco poi prima qual quale
		quando quanto quasi quella quelle quelli quello questa queste questi questo qui quindi se secondo sembra senza
		si sia siamo solo sono sopra sotto sta stato su sua sue sugli sui sul sulla suo suoi tra tre tutta tuttavia
		tutti tutto un un' una uno verso vi`),
}

var portuguese = &language{
	abbreviations: habits(international, periods{
		never: `sr sra srs sras srta dr dra drs dras D Dom exmo exma ilmo prof profa Eng Arq Gen Cel Cap Ten Sgt Min Dep Sen
			Gov Pe Fr Sto Sta p.ex ex aprox av pág págs tel núm cf`,
		number:  "n nº art arts cap vol fig p pp inc",
		starter: "S.A Cia Ltda jan fev mar abr mai jun jul ago set out nov dez",
		capital: "etc a.C d.C A.C D.C EUA E.U.A",
	}),
	starters: wordsOf(`a à agora ainda além algum alguma algumas alguns ali ante antes ao aos apenas após apesar aquela aquele aqui as
		às assim até atualmente cada com como contra contudo da das de depois desde dessa desse desta deste diante do
		dois dos durante e é ela elas ele eles em embora enquanto então entre era eram essa essas esse esses esta está
		estão estas este estes eu foi foram há hoje isso isto já la lhe logo mais mas me mesmo meu minha muita muitas
		muito muitos na não nas nem nenhum nessa nesse nesta neste ninguém no nos nós nossa nosso num numa nunca o onde
		ontem os ou outra outras outro outros para pela pelas pelo pelos pois por porém porque portanto pouco qual
		qualquer quando quanto que quem são se segundo sem sempre ser seu seus sob sobre sua suas também tanto tem têm
		toda todas todavia todo todos três tudo um uma umas uns você vocês`),
}

var dutch = &language{
	abbreviations: habits(international, periods{
		never: `dhr mevr mw mr dr drs ir ing prof ds mgr bijv bv b.v d.w.z m.b.t o.a i.v.m t.o.v m.a.w o.l.v z.g zgn ca ong
			incl excl evt resp vgl geb overl nl St tel t.a.v jl`,
		number:  "nr nrs art p pp blz hfst vol lid",
		starter: "v.Chr n.Chr v.C n.C e.d jan feb mrt apr aug sept okt nov dec N.V B.V mln mld jr",
		capital: "enz etc e.a",
	}),
	starters: wordsOf(`aan af al alle alleen allemaal als altijd andere bij binnen bovendien buiten daar daarbij daarmee daarna
		daarnaast daarom dan dankzij dat de deze die dit doch door dus echter een eén eerst elk elke en er geen haar had
		heb hebben heeft het hier hij hoe hoewel hun ieder iedere iedereen iemand ik immers in inmiddels is ja je jij
		kan maar meer men met mijn misschien moet na naar naast nadat niemand niet niets nog nooit nu of om omdat onder
		ondanks ons onze ook op over sinds sindsdien sommige soms te tegen ten tenslotte terwijl toch toen tot tussen
		twee u uit vaak van vanaf vandaag vanwege veel verder volgens voor vooral voordat waar waarom wanneer want waren
		was wat we wel welke wie wij wordt zal ze zelfs zij zijn zo zoals zodra zonder zou`),
}

var polish = &language{
	abbreviations: habits(international, periods{
		never: `prof dr hab mgr inż lek gen płk ppłk kpt por ppor ks bp abp kard św o ul al pl os m.in tzw tzn np ok ww ds
			wg zob por tj red sygn tel zw im pt fot`,
		number:  "nr art ust pkt str s t tom poz rozdz",
		starter: "r w p.n.e n.e tys mln mld godz wiek sp z.o.o",
		capital: "itd itp in proc zł",
	}),
	starters: wordsOf(`a aby ale albo ani bo by był była było być co coraz czy dla dlaczego dlatego do dopiero dziś gdy gdyby gdzie i
		ich inne inni ja jak jako jednak jego jej jest jeszcze jeśli już każdy kiedy kto która które który ma mimo może
		można my na nad nadal natomiast nawet nie niektóre niektórzy nikt nim o obecnie od ona one oni oprócz oraz po
		pod podczas ponadto ponieważ potem poza przed przede przez przy również są się skąd swój ta tak także tam te
		tego ten teraz to tylko tym u w wczoraj we według wiele wielu więc wobec wszyscy wszystkie wszystko wśród z za
		zanim zaś ze został została zresztą że`),
}

var russian = &language{
	abbreviations: habits(international, periods{
		never: `г-н г-жа г-на г-ну г-жи гр проф акад доц канд докт д-р ген-м ген полк подп кап лейт серж адм им ул пр-т
			просп пл наб бул обл р-н дер кв корп стр св свв т.е т.н т.к т.наз т.о напр См ср ок прибл ред изд сост пер
			нач англ фр франц греч итал исп рус букв урожд зам зав пом`,
		number:  "стр с т гл ст п пп § ном рис табл разд",
		starter: "г гг в вв тыс млн млрд трлн кв куб н.э янв февр мар апр авг сент сен окт нояб дек",
		capital: "т.д т.п др пр проч руб коп долл чел км м см мм кг га л ч мин сек шт экз",
	}),
	starters: wordsOf(`а без благодаря более больше будет был была были было в вам вас ведь вероятно весь видимо
		вместе вместо внутри во возможно вокруг вообще вот впервые впереди впоследствии впрочем время вряд все всего
		всех вскоре вслед всё вы выше где да даже два две действительно для до долгое другая другие другой ее ей ему
		если есть еще ещё ею её же за затем зато здесь и из из-за изначально или им именно иначе иногда иной итак их к
		каждая каждое каждый кажется как какая какие какой когда кому конечно которая которые который кроме кто куда
		либо лишь лучше любой мало между меньше меня мне многие можно мои мой моя моё мы на наверное наверняка над
		надо накануне наконец нам например напротив нас наш наша наше наши не недавно независимо некоторые нельзя
		несколько несмотря нет нечто ни никакой никогда никто ним ничего но ну о об оба обе обычно один одна однако
		одним оказалось он она они оно особенно остальные от отсюда очень первая первый перед по под позже пока
		поначалу порой поскольку после потом потому похоже почему поэтому практически прежде при примерно
		причем причём про просто против прямо разве ранее раньше редко с сам самая само самое самые самый свои свой
		свою своё сегодня сейчас следовательно слишком сначала снова со собственно совершенно согласно соответственно
		спустя среди столько так такая также такие таким такое такой там твой тем теперь тех тогда того тоже той
		только тому три ту туда тут ты у увы уже хоть хотя часто чего чей чем чему через что чтобы чуть чья эта эти
		этим этими этих это этого этой этом этот эту я якобы`),
}

var ukrainian = &language{
	abbreviations: habits(international, periods{
		never: `проф акад доц канд д-р ген полк ім вул просп пров пл обл р-н св т.зв т.з напр див пор бл ред англ нім фр лат
			укр рос`,
		number: "стор с ч т гл ст рис табл розд",
		starter: `р рр м с в ст тис млн млрд трлн грн коп дол км кг га л хв год н.е січ лют берез квіт трав черв лип серп
			верес жовт листоп груд`,
		capital: "т.д т.п ін",
	}),
	starters: wordsOf(`а але без був була були було більше в ваш весь ви від він вона вони воно все всі вже де для до другий є ж за
		зараз завдяки згідно зі з і із імовірно інші її їм їх його й коли крім куди ким лише ми між мій можна на навіть
		над нам нас наш не незважаючи немає ні ніхто ніщо о оскільки один однак окрім перший перед під після по поки
		потім при про проте раніше сьогодні своє саме спочатку серед та так такий там також те тепер тим тоді тому ту
		тут у усі хоча хто через чи чому що щоб ще ця це цей ці цього я як яка який якщо`),
}

var arabic = &language{
	abbreviations: habits(international, periods{never: "أ.د ا.د ص.ب ق.م"}),
	reports:       wordsOf(`قال قالت قالوا يقول تقول أضاف أضافت سأل سألت تساءل تساءلت صرح صرحت كتب كتبت رد ردت أجاب أجابت أوضح أوضحت`),
}

// urdu spells the letters of Latin initials out, and does so before its own stop as well.
var urdu = &language{
	verbLast: true,
	reports:  wordsOf(`کہا پوچھا بتایا بولا بولے بولی لکھا`),
	abbreviations: habits(international, periods{
		never: "اے بی سی ڈی ای ایف جی ایچ جے کے ایل ایم این او پی کیو آر ایس ٹی یو وی ڈبلیو ایکس وائی زیڈ",
	}),
}

// hindi ends its sentences with । and keeps the period for abbreviations, among them Latin initials, spelt out.
var hindi = &language{
	stopSign: '|', stop: certain,
	verbLast: true,
	reports:  wordsOf(`कहा पूछा बताया बोला बोले बोली लिखा`),
	abbreviations: habits(international, periods{
		never: `कि से डॉ डा प्रो श्री श्रीमती सुश्री मि पं स्व कु मो मु ले सं पृ रु क्र उदा ई.पू कि.मी कि.ग्रा से.मी मि.मी किमी सेमी
			मिमी किग्रा कं चौ ए बी सी डी ई एफ जी एच जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू डब्लू एक्स वाई ज़ेड`,
	}),
}

// greek asks with the semicolon.
var greek = &language{
	stopSign: ';', stop: question,
	abbreviations: habits(international, periods{
		never:   "κ κα κκ κος δρ καθ αγ π.χ δηλ βλ λ.χ αρ σελ τηλ οδ λεωφ",
		starter: "π.Χ μ.Χ π.μ μ.μ εκατ δισ χιλ χλμ Α.Ε Ε.Ε",
		capital: "κ.λπ κλπ κ.ά κ.τ.λ κτλ κ.α",
	}),
}

var chinese = &language{
	abbreviations: habits(international),
	sayings:       strings.Fields("说 说道 說 說道 问 问道 問 問道 称 稱 写道 寫道 喊 喊道 叫 叫道 答 答道 表示 解释 解釋 补充 補充 指出 强调 強調"),
}

var japanese = &language{
	abbreviations: habits(international),
	sayings:       strings.Fields("言った 言う 聞いた 尋ねた 話した 述べた 語った 答えた 叫んだ"),
}
