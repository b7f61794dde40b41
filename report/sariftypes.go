package report

// The objects of SARIF 2.1.0 that are written, as far as they are.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool            `json:"tool"`
	Invocations []sarifInvocation    `json:"invocations"`
	Bases       map[string]sarifBase `json:"originalUriBaseIds,omitempty"`
	Artifacts   []sarifArtifact      `json:"artifacts"`
	Results     []sarifResult        `json:"results"`
	Properties  sarifRunFacts        `json:"properties"`
}

// sarifBase is what relative references are in, without an address of its own.
type sarifBase struct {
	Description sarifText `json:"description"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifInvocation struct {
	Successful bool `json:"executionSuccessful"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifRule struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	Short      sarifText    `json:"shortDescription"`
	Full       sarifText    `json:"fullDescription"`
	Help       sarifText    `json:"help"`
	Default    sarifDefault `json:"defaultConfiguration"`
	Properties sarifScore   `json:"properties"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

// sarifScore is a rule's line of the scorecard.
type sarifScore struct {
	Tags      []string `json:"tags"`
	Status    string   `json:"status"`
	Checked   int64    `json:"checked"`
	Failed    int64    `json:"failed"`
	Unchecked int64    `json:"unchecked"`
	Reference string   `json:"reference,omitempty"`
}

type sarifArtifact struct {
	Description *sarifText            `json:"description,omitempty"`
	Location    sarifArtifactLocation `json:"location"`
	Parent      *int                  `json:"parentIndex,omitempty"`
	Length      int64                 `json:"length,omitempty"`
	Roles       []string              `json:"roles,omitempty"`
	Hashes      map[string]string     `json:"hashes,omitempty"`
}

type sarifArtifactLocation struct {
	URI   string `json:"uri"`
	Base  string `json:"uriBaseId,omitempty"`
	Index int    `json:"index"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Count        int64              `json:"occurrenceCount"`
	Locations    []sarifLocation    `json:"locations,omitempty"`
	Related      []sarifLocation    `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Properties   sarifFinding       `json:"properties"`
}

// sarifSuppression says that a finding is known.
type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

type sarifLocation struct {
	Message  *sarifText     `json:"message,omitempty"`
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifactLocation `json:"artifactLocation"`
	Region   *sarifRegion          `json:"region,omitempty"`
}

// sarifRegion are octets of a binary artifact.
type sarifRegion struct {
	Offset int `json:"byteOffset"`
	Length int `json:"byteLength"`
}

type sarifLogical struct {
	Name string `json:"name"`
	Path string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifFinding struct {
	Connection int64  `json:"connection,omitempty"`
	Session    int64  `json:"session,omitempty"`
	PDU        int64  `json:"pdu,omitempty"`
	LastPDU    int64  `json:"last_pdu,omitempty"`
	Frame      int64  `json:"frame,omitempty"` // of the first evidence: the packet's number
	Time       string `json:"time,omitempty"`
	LastTime   string `json:"last_time,omitempty"`
	Field      string `json:"field,omitempty"`
	Offset     *int   `json:"offset,omitempty"`
	Length     *int   `json:"length,omitempty"`
	Seen       string `json:"seen,omitempty"`
	Wanted     string `json:"wanted,omitempty"`
	Remedy     string `json:"remedy,omitempty"`
	Reference  string `json:"reference,omitempty"`
}

type sarifRunFacts struct {
	Commit        string   `json:"commit,omitempty"`
	Profile       string   `json:"profile"`
	Revised       string   `json:"profile_revised,omitempty"`
	ProfileSHA256 string   `json:"profile_sha256,omitempty"`
	Redacted      string   `json:"redacted,omitempty"`
	From          string   `json:"from,omitempty"`
	To            string   `json:"to,omitempty"`
	Connections   int64    `json:"connections"`
	Sessions      int64    `json:"sessions"`
	PDUs          int64    `json:"pdus"`
	Incomplete    []string `json:"incomplete"`
	Diagnoses     []string `json:"diagnoses"`
}
