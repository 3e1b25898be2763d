import TriplineCore
import TriplineFormats

/// Any bytes as GeoJSON, KML or well-known text give fences and a report, or an error, and nothing else.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGeoJSON(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = InputFile(bytes: Array(UnsafeBufferPointer(start: start, count: count)), name: "x.geojson")
  do throws(FormatError) {
    let result = try FenceReader(defaultRadius: 50, corridorWidth: 20).read(input)
    precondition(Set(result.fences.map(\.id)).count == result.fences.count, "an id is given once")
  } catch {
    precondition(!error.message.isEmpty, "every error says what is wrong")
  }
  return 0
}
