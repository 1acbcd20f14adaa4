"""Open311 (GeoReport v2): other cities' and map makers' programs send requests and read how they stand.

Source: https://wiki.open311.org/GeoReport_v2"""
