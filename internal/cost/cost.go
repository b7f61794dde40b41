// Package cost tells tests what work costs, and what they can afford. Only
// tests import it.
package cost
