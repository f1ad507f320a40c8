// Sixteen packets side by side in vectors of 512 bits (AVX-512 F, BW, VL): what forward-wide.h is written in.
#include <immintrin.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))
#define LANES 16

typedef uint32_t wide __attribute__((vector_size(64)));

INLINE wide swap_bytes(wide x) {
  const __m512i order = _mm512_broadcast_i32x4(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
  return (wide)_mm512_shuffle_epi8((__m512i)x, order);
}

// In each quarter of the vectors: rows of four words become columns, and the other way round.
INLINE void transpose(wide m[4]) {
  const __m512i low01 = _mm512_unpacklo_epi32((__m512i)m[0], (__m512i)m[1]);
  const __m512i low23 = _mm512_unpacklo_epi32((__m512i)m[2], (__m512i)m[3]);
  const __m512i high01 = _mm512_unpackhi_epi32((__m512i)m[0], (__m512i)m[1]);
  const __m512i high23 = _mm512_unpackhi_epi32((__m512i)m[2], (__m512i)m[3]);
  m[0] = (wide)_mm512_unpacklo_epi64(low01, low23);
  m[1] = (wide)_mm512_unpackhi_epi64(low01, low23);
  m[2] = (wide)_mm512_unpacklo_epi64(high01, high23);
  m[3] = (wide)_mm512_unpackhi_epi64(high01, high23);
}

INLINE __m128i quarter(const uint8_t *from) {
  return _mm_loadu_si128((const __m128i *)from);
}

// Words at .. at + 3 of each packet. Quarter q of vector i starts as those of packet 4 q + i.
INLINE void gather_words(uint8_t *const packets[LANES], unsigned at, wide words[4]) {
  for (unsigned i = 0; i < 4; i++) {
    __m512i row = _mm512_castsi128_si512(quarter(packets[i] + 4 * at));
    row = _mm512_inserti32x4(row, quarter(packets[4 + i] + 4 * at), 1);
    row = _mm512_inserti32x4(row, quarter(packets[8 + i] + 4 * at), 2);
    words[i] = (wide)_mm512_inserti32x4(row, quarter(packets[12 + i] + 4 * at), 3);
  }
  transpose(words);
}

// A packet's own four words, out of four vectors with a word of each packet.
INLINE void scatter_words(wide words[4], uint32_t rows[LANES][4]) {
  transpose(words);
  for (unsigned i = 0; i < 4; i++) {
    _mm_store_si128((__m128i *)rows[i], _mm512_castsi512_si128((__m512i)words[i]));
    _mm_store_si128((__m128i *)rows[4 + i], _mm512_extracti32x4_epi32((__m512i)words[i], 1));
    _mm_store_si128((__m128i *)rows[8 + i], _mm512_extracti32x4_epi32((__m512i)words[i], 2));
    _mm_store_si128((__m128i *)rows[12 + i], _mm512_extracti32x4_epi32((__m512i)words[i], 3));
  }
}

INLINE int any(wide mask) {
  return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0;
}

// 36 bytes of headers in which words 0, 2, 5 and 6 are those of `patch`.
INLINE void put_headers(uint8_t *to, const uint8_t *headers, const uint32_t patch[4]) {
  const __m512i from = _mm512_setr_epi32(16, 1, 17, 3, 4, 18, 19, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i own = _mm512_castsi128_si512(_mm_load_si128((const __m128i *)patch));
  const __m512i whole = _mm512_permutex2var_epi32(_mm512_load_si512(headers), from, own);
  _mm512_mask_storeu_epi32(to, 0x1ff, whole);
}
