extension ScoringParameters {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try braking.code(&coder)
    try accelerating.code(&coder)
    try cornering.code(&coder)
    var vehicleClass = self.vehicleClass.rawValue
    try coder.code(&vehicleClass)
    guard let known = VehicleClass(rawValue: vehicleClass) else { throw .damaged(offset: coder.offset) }
    self.vehicleClass = known
    try coder.code(&endShare)
    try coder.code(&mergeDuration)
    try coder.code(&leastSpeedChange)
    try coder.code(&leastCourseChange)
    try coder.code(&leastCorneringSpeed)
    try overspeed.code(&coder)
    var limit = speedLimit?.bitPattern
    try coder.code(&limit, otherwise: 0)
    speedLimit = limit.map { Float(bitPattern: $0) }
    var hasNight = night != nil
    var hours = night ?? NightHours(offsets: [NightHours.Offset(start: 0, offset: 0)])
    try coder.code(&hasNight)
    try hours.code(&coder)
    night = hasNight ? hours : nil
    try norms.code(&coder)
  }
}

extension HarshLevels {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&noticeable)
    try coder.code(&harsh)
    try coder.code(&severe)
  }
}

extension OverspeedParameters {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&tolerance)
    try coder.code(&margin)
    try coder.code(&duration)
    try coder.code(&endDuration)
    try tiers.code(&coder)
  }
}

extension NightHours {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&start)
    try coder.code(&end)
    var count = UInt32(offsets.count)
    try coder.code(&count)
    if coder.isReading { offsets = [] }
    for index in 0..<Int(count) {
      var offset = coder.isReading ? Offset(start: 0, offset: 0) : offsets[index]
      try coder.code(&offset.start)
      try coder.code(&offset.offset)
      if coder.isReading { offsets.append(offset) }
    }
    guard !offsets.isEmpty else { throw .damaged(offset: coder.offset) }
  }
}

extension ScoreNorms {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&slow)
    try coder.code(&medium)
    try coder.code(&fast)
    try coder.code(&best)
    try coder.code(&worst)
  }
}
