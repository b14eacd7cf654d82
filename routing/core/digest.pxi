# Mixing of integers: the running digest and the draws of the random strategy. Knows no record.
#
# mix64 is the finaliser of splitmix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators,
# OOPSLA 2014).


cdef inline uint64_t mix64(uint64_t x) noexcept nogil:
    x += 0x9E3779B97F4A7C15ULL
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL
    return x ^ (x >> 31)


cdef uint64_t hash64(const uint8_t* data, size_t size) noexcept nogil:
    """Hash of bytes, the same on every platform: words are read as little-endian."""
    cdef uint64_t h = 0x9E3779B97F4A7C15ULL ^ <uint64_t>size
    cdef uint64_t word
    cdef size_t i = 0, j
    while i < size:
        word = 0
        if LITTLE_ENDIAN and size - i >= 8:
            memcpy(&word, data + i, 8)
        else:
            for j in range(min(<size_t>8, size - i)):
                word |= <uint64_t>data[i + j] << (8 * j)
        h = mix64(h ^ word)
        i += 8
    return h


cdef uint64_t hash_number(uint64_t number) noexcept nogil:
    """hash64 of the decimal digits of a number."""
    cdef uint8_t digits[20]
    cdef int i = 20
    while True:
        i -= 1
        digits[i] = <uint8_t>(48 + number % 10)
        number //= 10
        if number == 0:
            break
    return hash64(digits + i, 20 - i)
