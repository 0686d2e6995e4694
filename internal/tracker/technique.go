package tracker

import "regexp"

var techniqueForm = regexp.MustCompile(`^T[0-9]{4}(\.[0-9]{3})?$`)

// IsTechniqueCode tells whether code has the form of a DISARM technique's: T0085, or T0085.001 for a sub-technique.
func IsTechniqueCode(code string) bool { return techniqueForm.MatchString(code) }

// Technique checks that *code has the form of a technique's.
func (p *Problems) Technique(pointer string, code *string) {
	if *code != "" && !IsTechniqueCode(*code) {
		p.Add(pointer, "format", "must be a DISARM code, such as T0085 or T0085.001")
	}
}

var tacticForm = regexp.MustCompile(`^TA[0-9]{2}$`)

// Tactic checks that *code has the form of a tactic's.
func (p *Problems) Tactic(pointer string, code *string) {
	if *code != "" && !tacticForm.MatchString(*code) {
		p.Add(pointer, "format", "must be the DISARM code of a tactic, such as TA06")
	}
}

// IsTacticCode tells whether code has the form of a DISARM tactic's: TA06.
func IsTacticCode(code string) bool { return tacticForm.MatchString(code) }

// TechniqueOrTactic checks that *code has the form of a technique's or of a tactic's.
func (p *Problems) TechniqueOrTactic(pointer string, code *string) {
	if !IsTacticCode(*code) && *code != "" && !IsTechniqueCode(*code) {
		p.Add(pointer, "format", "must be a DISARM code of a technique or a tactic, such as T0085, T0085.001 or TA06")
	}
}

// Tactic is a stage of an influence operation in the DISARM Red framework.
type Tactic struct {
	Code string `json:"code" gorm:"primaryKey" validate:"required" example:"TA06"`
	Name string `json:"name" validate:"required" example:"Develop Content"`
} // @name Tactic

// Technique is a way in which influence operations work, by its code in the DISARM Red framework.
type Technique struct {
	// Code is the DISARM code; a sub-technique's goes on after a dot.
	Code string `json:"code" gorm:"primaryKey" validate:"required" example:"T0085.001"`
	// Name is the framework's name for it.
	Name string `json:"name" validate:"required" example:"Develop AI-Generated Text"`
	// Tactic is the code of the tactic that it serves.
	Tactic string `json:"tactic" validate:"required" example:"TA06"`
	// Parent is the code of the technique that this one is a kind of.
	Parent string `json:"parent,omitempty" example:"T0085"`
	// FrameworkVersion is the version of DISARM Red that the code and name were taken from.
	FrameworkVersion string `json:"framework_version" validate:"required" example:"1.6"`
} // @name Technique
