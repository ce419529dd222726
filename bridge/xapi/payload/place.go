package payload

import (
	"strconv"
	"strings"

	"perch/bridge/loose"
)

// location is a place that a customer shares in a direct message (X docs: direct messages, location attachment).
type location struct {
	Coordinate struct {
		Coordinates point `json:"coordinates"`
	} `json:"shared_coordinate"`
	Place struct {
		Place place `json:"place"`
	} `json:"shared_place"`
}

// point is a GeoJSON point: longitude, then latitude.
type point struct {
	Coordinates loose.List[loose.Text] `json:"coordinates"`
}

// text is latitude and longitude as people write them; "" when they are none.
func (p point) text() string {
	const axes = 2 // GeoJSON allows a third, the height
	if len(p.Coordinates) < axes {
		return ""
	}
	longitude, latitude := strings.TrimSpace(string(p.Coordinates[0])), strings.TrimSpace(string(p.Coordinates[1]))
	for _, degrees := range []string{longitude, latitude} {
		if f, err := strconv.ParseFloat(degrees, 64); err != nil || f < -180 || f > 180 {
			return ""
		}
	}
	return latitude + ", " + longitude
}

// place is a place that X knows by name.
type place struct {
	ID       loose.ID   `json:"id"`
	Name     loose.Text `json:"name"`
	FullName loose.Text `json:"full_name"`
	Country  loose.Text `json:"country"`
}

func (p place) name() string {
	if p.FullName != "" {
		return string(p.FullName)
	}
	return strings.Trim(string(p.Name)+", "+string(p.Country), ", ")
}
