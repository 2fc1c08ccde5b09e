package crm

import "strings"

// LocalPhone writes a stored number the way it is dialled in the country:
// "+8613800000000" is "138 0000 0000" in China. A number from abroad and one
// that it cannot read stay as they are.
func LocalPhone(phone, country string) string {
	d, known := diallings[strings.ToUpper(country)]
	rest, local := strings.CutPrefix(phone, "+"+d.code)
	if !known || !local || len(rest) < d.min || len(rest) > d.max {
		return phone
	}
	if country == "CN" && len(rest) == 11 && rest[0] == '1' {
		return rest[:3] + " " + rest[3:7] + " " + rest[7:] // mobile numbers have no trunk prefix
	}
	if d.code == d.trunk {
		return rest
	}
	return d.trunk + rest
}
