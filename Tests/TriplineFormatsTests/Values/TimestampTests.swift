import Testing

@testable import TriplineFormats

@Suite struct TimestampTests {
  private func parse(_ text: String) -> Int64? {
    let bytes = Array("x\(text)x".utf8)
    return Timestamp.parse(bytes.span, 1..<bytes.count - 1)
  }

  // Reference values by `date -u -d … +%s`.
  @Test(arguments: [
    ("1970-01-01T00:00:00.000Z", 0), ("2016-01-02T03:04:05.678Z", 1_451_703_845_678),
    ("2016-01-02 03:04:05", 1_451_703_845_000), ("2016-01-02T03:04Z", 1_451_703_840_000),
    ("2016-01-02t03:04:05z", 1_451_703_845_000), ("2016-01-02T03:04:05,5Z", 1_451_703_845_500),
    ("2016-01-02T03:04:05.6784Z", 1_451_703_845_678), ("2016-01-02T03:04:05.6785Z", 1_451_703_845_679),
    ("2016-01-02T03:04:59.99999Z", 1_451_703_900_000), ("2016-01-02T03:04:05.67849999999Z", 1_451_703_845_678),
    ("2016-01-02T05:04:05+02:00", 1_451_703_845_000), ("2016-01-01T22:04:05-0500", 1_451_703_845_000),
    ("2016-01-02T05:04:05+02", 1_451_703_845_000), ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ("2000-02-29T00:00:00Z", 951_782_400_000), ("1969-12-31T23:59:59.999Z", -1),
    ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ("1451703845", 1_451_703_845_000), ("1451703845.6785", 1_451_703_845_679), ("1451703845678", 1_451_703_845_678),
    ("1.451703845678e12", 1_451_703_845_678), ("0", 0), ("-1.5", -1500), (" 1451703845 ", 1_451_703_845_000),
  ])
  func `a time is read to the millisecond`(text: String, time: Int64) {
    #expect(parse(text) == time)
  }

  @Test(arguments: [
    "", "2016-01-02", "2016-13-02T03:04:05Z", "2015-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2016-01-32T00:00:00Z",
    "2016-01-02T24:00:00Z", "2016-01-02T03:60:00Z", "2016-01-02T03:04:61Z", "2016-01-02T03:04:05.Z",
    "2016-01-02T03:04:05ZZ", "2016-01-02T03:04:05+2", "2016-01-02T03:04:05+02:60", "2016-01-02T03:04:5Z",
    "2016/01/02 03:04:05", "0000-01-01T00:00:00Z", "1e300", "nan", "inf", "yesterday", "1e15",
  ])
  func `anything else is no time`(text: String) {
    #expect(parse(text) == nil)
  }

  @Test func `every day from the first to the last is numbered in a row and back`() {
    var expected = Timestamp.daysSinceEpoch(year: 1, month: 1, day: 1)
    for year in 1...9999 {
      for month in 1...12 {
        for day in [1, Timestamp.daysInMonth(month, year: year)] {
          let days = Timestamp.daysSinceEpoch(year: year, month: month, day: day)
          #expect(days == expected)
          #expect(Timestamp.date(daysSinceEpoch: days) == (year, month, day))
          expected = day == 1 ? days + Timestamp.daysInMonth(month, year: year) - 1 : days + 1
        }
      }
    }
  }
}
