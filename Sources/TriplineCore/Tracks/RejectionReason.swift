/// Why the input gate kept a fix out.
public enum RejectionReason: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// Latitude or longitude out of range or not finite, or a time outside the years 1 to 9999.
  case range
  /// Within a millionth of a degree of latitude 0, longitude 0: a receiver without a position.
  case nullIsland
  /// More than 120 s after the time of receipt.
  case future
  /// Same time and same position as another fix of the vehicle.
  case duplicate
  /// Same time as another fix of the vehicle, at another position; the more accurate one, else the first, is kept; with the
  /// clean policy always the first.
  case conflict
  /// Older than the reorder window allows, and than `RevisingEngine` revises where that is used. A fix that was decided on already and is sent again is late too, and no
  /// duplicate: the engine does not keep the fixes behind the window to compare it with. With the clean policy, which has no
  /// window, older than the last one.
  case late
  /// Accuracy worse than 100 m: remembered to know its position again (`frozen`), not used for anything else.
  case coarse
  /// Exactly the previous position with an accuracy of 100 m or worse: a cached position handed out again. This is
  /// looked at before `coarse`, which would leave nothing to it but an accuracy of exactly 100 m.
  case frozen
  /// A position that cannot be reached from its neighbours.
  case jump

  /// The upper-case code used in reports.
  public var code: String {
    switch self {
    case .range: "RANGE"
    case .nullIsland: "NULLISLAND"
    case .future: "FUTURE"
    case .duplicate: "DUPLICATE"
    case .conflict: "CONFLICT"
    case .late: "LATE"
    case .coarse: "COARSE"
    case .frozen: "FROZEN"
    case .jump: "JUMP"
    }
  }
}
