import TriplineJSON

extension JSONValue {
  /// A number, also one written as text.
  var numberOrText: Double? {
    guard let string else { return number }
    let bytes = Array(string.utf8)
    return DecimalNumber.parse(bytes.span, bytes.indices)
  }
}
