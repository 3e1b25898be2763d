// Asks the processor for a line of memory that is needed soon, without waiting for it: what Swift has no word for.

static inline void tripline_prefetch(const void *_Nonnull address) { __builtin_prefetch(address); }
