package store

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// facet is something that a claim has: a value of a field. Which claims have it is kept in postings, and how many in the
// facet's row, save what was changed last, which is in a log: filters, counts and statistics all read these, so that what was
// counted is what a filter then lists.
type facet struct{ field, value string }

// The fields of a claim, as factsOf gives them. An actor, a source and a state of things in an article stand in several
// fields: by themselves (actor_id, source_id), by what they are (actor_kind, source_country), and by the part that they
// have in the claim (speaker_id, accused_country, denies_kind).
const (
	fieldAll        = "all" // every claim has the value "" of it
	fieldKind       = "kind"
	fieldStatus     = "status"
	fieldElection   = "election_id"
	fieldLanguage   = "language"
	fieldTag        = "tag"
	fieldTechnique  = "technique"
	fieldRole       = "role"
	fieldStance     = "stance"
	fieldHost       = "article_host"
	fieldSources    = "sources" // in how many sources it stands
	fieldClaimedDay = "claimed_on"
	fieldClaimed    = "claimed_month"
	fieldCreatedDay = "created_on" // in UTC
	fieldCreated    = "created_month"

	prefixActor, prefixSource           = "actor", "source"
	suffixID, suffixKind, suffixCountry = "_id", "_kind", "_country"
)

// factsOf are the facets of each of these claims, at most 1,000 of them, each facet once. It takes the same few statements
// however many claims there are. A claim that is not there has none.
func factsOf(tx *gorm.DB, claims []int64) (map[int64][]facet, error) {
	f := facts{of: make(map[int64][]facet, len(claims)), sources: map[int64][]int64{}}
	sql, ids := speechOf(tx), listOf(claims)
	err := readRows(tx, "SELECT id, kind, status, COALESCE(election_id, 0), claimed_on, language, created_at FROM claims WHERE id "+sql.among, []any{ids}, f.claim)
	if err != nil {
		return nil, err
	}
	for query, row := range map[string]rowFunc{
		"SELECT claim_id, tag FROM claim_tags WHERE claim_id " + sql.among:             f.word(fieldTag),
		"SELECT claim_id, technique FROM claim_techniques WHERE claim_id " + sql.among: f.word(fieldTechnique),
		`SELECT c.claim_id, c.role, a.id, a.kind, a.country
			FROM claim_actors c JOIN actors a ON a.id = c.actor_id WHERE c.claim_id ` + sql.among: f.actor,
		`SELECT o.claim_id, o.stance, s.id, s.kind, s.country, a.url
			FROM occurrences o JOIN articles a ON a.id = o.article_id JOIN sources s ON s.id = a.source_id WHERE o.claim_id ` + sql.among: f.place,
	} {
		if err := readRows(tx, query, []any{ids}, row); err != nil {
			return nil, err
		}
	}
	have := f.whole()
	for id, all := range have {
		slices.SortFunc(all, compareFacets)
		have[id] = slices.Compact(all)
	}
	return have, nil
}

// whole are the facets of each claim once all is gathered, some of them more than once.
func (f *facts) whole() map[int64][]facet {
	for id, sources := range f.sources {
		f.add(id, fieldSources, strconv.Itoa(len(distinct(sources))))
	}
	return f.of
}

func compareFacets(a, b facet) int {
	return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.value, b.value))
}

// facts gathers the facets of claims.
type facts struct {
	of      map[int64][]facet
	sources map[int64][]int64
}

// add notes a facet, unless there is no value.
func (f *facts) add(claim int64, field, value string) {
	if value != "" {
		f.of[claim] = append(f.of[claim], facet{field, value})
	}
}

func (f *facts) claim(scan scanFunc) error {
	var id, election int64
	var kind, status, day, language string
	var created tracker.Instant
	err := scan(&id, &kind, &status, &election, &day, &language, &created)
	if err == nil {
		f.row(id, kind, status, election, day, language)
		f.created(id, created)
	}
	return err
}

// row notes what the row of a claim says, save for when it was created, the first that is noted of a claim.
func (f *facts) row(id int64, kind, status string, election int64, day, language string) {
	f.of[id] = append(make([]facet, 0, 48), facet{fieldAll, ""})
	f.add(id, fieldKind, kind)
	f.add(id, fieldStatus, status)
	f.add(id, fieldLanguage, language)
	if election != 0 {
		f.add(id, fieldElection, strconv.FormatInt(election, 10))
	}
	if day != "" {
		f.add(id, fieldClaimedDay, day)
		f.add(id, fieldClaimed, day[:len("2006-01")])
	}
}

// created notes when a claim was created.
func (f *facts) created(id int64, at tracker.Instant) {
	day := dayOf(at)
	f.add(id, fieldCreatedDay, day)
	f.add(id, fieldCreated, day[:len("2006-01")])
}

// dayOf is the day of an instant, in UTC.
func dayOf(i tracker.Instant) string { return i.Time().Format("2006-01-02") }

func (f *facts) word(field string) rowFunc {
	return func(scan scanFunc) error {
		var id int64
		var word string
		err := scan(&id, &word)
		f.add(id, field, word)
		return err
	}
}

func (f *facts) actor(scan scanFunc) error {
	var id, actor int64
	var role, kind, country string
	err := scan(&id, &role, &actor, &kind, &country)
	if err == nil {
		f.act(id, role, actor, kind, country)
	}
	return err
}

// act notes an actor of a claim.
func (f *facts) act(id int64, role string, actor int64, kind, country string) {
	f.add(id, fieldRole, role)
	f.party(id, [2]string{prefixActor, role}, actor, kind, country)
}

func (f *facts) place(scan scanFunc) error {
	var id, source int64
	var stance, kind, country, url string
	err := scan(&id, &stance, &source, &kind, &country, &url)
	if err == nil {
		f.stand(id, stance, source, kind, country, url)
	}
	return err
}

// stand notes a place where a claim stands.
func (f *facts) stand(id int64, stance string, source int64, kind, country, url string) {
	f.add(id, fieldStance, stance)
	f.add(id, fieldHost, tracker.HostOf(url))
	f.party(id, [2]string{prefixSource, stance}, source, kind, country)
	f.sources[id] = append(f.sources[id], source)
}

// party notes an actor or a source with what it is.
func (f *facts) party(claim int64, prefixes [2]string, id int64, kind, country string) {
	value := strconv.FormatInt(id, 10)
	for _, prefix := range prefixes {
		f.add(claim, prefix+suffixID, value)
		f.add(claim, prefix+suffixKind, kind)
		f.add(claim, prefix+suffixCountry, country)
	}
}

// facetDerivation keeps facets and postings.
var facetDerivation = derivation{name: "facets", format: 1, rebuild: rebuildFacets, remember: rememberFacts, renew: renewFacts}

// factsAtOnce is for how many claims facts are gathered at a time.
const factsAtOnce = 1000

// rememberFacts notes what claims have, before that changes.
func rememberFacts(tx *gorm.DB, claims []int64) error {
	t := transactionOf(tx)
	for page := range slices.Chunk(claims, factsAtOnce) {
		facts, err := factsOf(tx, page)
		if err != nil {
			return err
		}
		had, err := t.dictionary.idsOfAll(tx, facts)
		if err != nil {
			return err
		}
		for _, id := range page {
			t.facts[id] = had[id]
		}
	}
	return nil
}

// renewFacts logs what is different between what claims have now and what they had when that was last noted.
func renewFacts(tx *gorm.DB, claims []int64) error {
	t := transactionOf(tx)
	for page := range slices.Chunk(claims, factsAtOnce) {
		facts, err := factsNow(tx, page)
		if err != nil {
			return err
		}
		have, err := t.dictionary.idsOfAll(tx, facts)
		if err != nil {
			return err
		}
		changes := changes{}
		for _, id := range page {
			changes.between(id, t.facts[id], have[id])
			t.facts[id] = have[id]
		}
		if err := changes.keep(tx); err != nil {
			return err
		}
	}
	return nil
}

// factsNow are the facets of claims in a transaction that writes, some of them more than once.
func factsNow(tx *gorm.DB, claims []int64) (map[int64][]facet, error) {
	t := transactionOf(tx)
	var fresh []*tracker.Claim
	var others []int64
	for _, id := range claims {
		if claim, ok := t.fresh[id]; ok {
			fresh = append(fresh, claim)
		} else {
			others = append(others, id)
		}
	}
	if len(fresh) == 0 {
		return factsOf(tx, others)
	}
	f := facts{of: make(map[int64][]facet, len(claims))}
	for _, claim := range fresh {
		f.of[claim.ID] = t.ready[claim.ID].facets
		f.created(claim.ID, claim.CreatedAt)
	}
	if len(others) == 0 {
		return f.of, nil
	}
	theirs, err := factsOf(tx, others)
	maps.Copy(f.of, theirs)
	return f.of, err
}

// settleFacts logs all that was changed in this transaction so far. It comes before actors or sources change, whose claims are
// then moved as sets.
func settleFacts(tx *gorm.DB) error {
	err := renewFacts(tx, transactionOf(tx).claims())
	clear(transactionOf(tx).fresh) // what is known of them is not all of it any more
	return err
}

// rebuildFacets makes all postings anew, a chunk of claims at a time.
func rebuildFacets(tx *gorm.DB) error {
	for _, empty := range []func(*gorm.DB) error{emptyLog, emptyPostings} {
		if err := empty(tx); err != nil {
			return err
		}
	}
	gathered, chunk := changes{}, int64(0)
	for last := int64(0); ; {
		var page []int64
		if err := tx.Raw("SELECT id FROM claims WHERE id > ? ORDER BY id LIMIT ?", last, factsAtOnce).Scan(&page).Error; err != nil {
			return err
		}
		if len(page) == 0 {
			return gathered.apply(tx)
		}
		last = page[len(page)-1]
		facts, err := factsOf(tx, page)
		if err != nil {
			return err
		}
		have, err := transactionOf(tx).dictionary.idsOfAll(tx, facts)
		if err != nil {
			return err
		}
		for _, id := range page {
			if chunkOf(id) != chunk {
				if err := gathered.apply(tx); err != nil {
					return err
				}
				gathered, chunk = changes{}, chunkOf(id)
			}
			gathered.between(id, nil, have[id])
		}
	}
}

// party says which fields hold an actor, or a source.
type party struct {
	table    string
	prefixes []string
}

var (
	actorParty  = party{"actors", append([]string{prefixActor}, names(tracker.Roles)...)}
	sourceParty = party{"sources", append([]string{prefixSource}, names(tracker.Stances)...)}
)

func names[T ~string](values []T) (all []string) {
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

// moveParty brings the postings up to date with an actor or a source that is of another kind or country now, all its
// claims at once: was and is are by the column. settleFacts comes before the row's change, moveParty after it.
func moveParty(tx *gorm.DB, p party, id int64, was, is map[string]string) error {
	moved := false
	for column := range was {
		if was[column] == is[column] {
			continue
		}
		moved = true
		if err := moveColumn(tx, p, id, column, was[column], is[column]); err != nil {
			return err
		}
	}
	if !moved {
		return nil
	}
	return rememberFacts(tx, transactionOf(tx).claims())
}

func moveColumn(tx *gorm.DB, p party, id int64, column, was, is string) error {
	var others []int64 // that are what it was
	if was != "" {
		if err := tx.Raw("SELECT id FROM "+p.table+" WHERE "+column+" = ? AND id <> ?", was, id).Scan(&others).Error; err != nil {
			return err
		}
	}
	for _, prefix := range p.prefixes {
		if err := moveClaims(tx, prefix, "_"+column, id, was, is, others); err != nil {
			return err
		}
	}
	return nil
}

// moveClaims moves the claims of one field: they get the value that is, and lose the value that was where none of the
// others, which have it still, is in them too.
func moveClaims(tx *gorm.DB, prefix, suffix string, id int64, was, is string, others []int64) error {
	field := prefix + suffixID
	mine, err := claimsWith(tx, []facet{{field, strconv.FormatInt(id, 10)}}, everywhere)
	if err != nil || len(mine) == 0 {
		return err
	}
	moved := changes{}
	if is != "" {
		to := facet{prefix + suffix, is}
		there, err := claimsWith(tx, []facet{to}, mine.span())
		if err != nil {
			return err
		}
		come := mine.copy(everywhere)
		come.without(there)
		if err := moved.add(tx, to, comes, come); err != nil {
			return err
		}
	}
	if was != "" {
		for page := range slices.Chunk(others, factsAtOnce) {
			wanted := make([]facet, len(page))
			for i, other := range page {
				wanted[i] = facet{field, strconv.FormatInt(other, 10)}
			}
			theirs, err := claimsWith(tx, wanted, mine.span())
			if err != nil {
				return err
			}
			mine.without(theirs)
		}
		if err := moved.add(tx, facet{prefix + suffix, was}, leaves, mine); err != nil {
			return err
		}
	}
	return moved.keep(tx)
}

// add notes the same change of a facet for all claims of a set.
func (c changes) add(tx *gorm.DB, f facet, way func(claim int64) turn, claims claimSet) error {
	ids, err := transactionOf(tx).dictionary.idsOf(tx, []facet{f})
	if err != nil {
		return err
	}
	for _, claim := range claims.ids() {
		c[ids[f]] = append(c[ids[f]], way(claim))
	}
	return nil
}
