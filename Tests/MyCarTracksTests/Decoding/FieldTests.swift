import Testing
import TriplineJSON

@testable import MyCarTracks

@Suite struct FieldTests {
  private func row(_ text: String) throws -> Row {
    let bytes = Array(text.utf8)
    return Row(try #require(try JSONDocument.parse(bytes.span, bytes.indices).object))
  }

  @Test(arguments: Field.allCases)
  func `each name of a field is read, and of several the first counts`(field: Field) throws {
    for name in field.names {
      #expect(try row(#"{"x":0,"\#(name)":7,"y":0}"#).number(field) == 7, "\(name)")
      #expect(try row(#"{"\#(name)":null}"#)[field] == nil, "\(name)")
    }
    let all = field.names.reversed().map { #""\#($0)":\#(field.names.firstIndex(of: $0) ?? -1)"# }
    #expect(try row("{\(all.joined(separator: ","))}").number(field) == 0)
  }

  @Test func `a vehicle is known by its id, its object, or at last by the bare id`() throws {
    let rows = [
      (#"{"id":1,"vehicleId":2,"vehicle":{"id":3}}"#, "2"), (#"{"id":1,"car":{"id":"x3"}}"#, "x3"), (#"{"id":1}"#, "1"),
    ]
    for (text, id) in rows {
      let row = try row(text)
      #expect(Position.vehicleID(row, Row(row[.vehicle]))?.text == id, "\(text)")
    }
  }
}
