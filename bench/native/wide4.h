// Four packets side by side in vectors of 128 bits (SSE4.1): what forward-wide.h is written in.
#include <smmintrin.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define LANES 4

typedef uint32_t wide __attribute__((vector_size(16)));

INLINE wide swap_bytes(wide x) {
  const __m128i order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  return (wide)_mm_shuffle_epi8((__m128i)x, order);
}

// Rows of four words become columns, and the other way round.
INLINE void transpose(wide m[4]) {
  const __m128i low01 = _mm_unpacklo_epi32((__m128i)m[0], (__m128i)m[1]);
  const __m128i low23 = _mm_unpacklo_epi32((__m128i)m[2], (__m128i)m[3]);
  const __m128i high01 = _mm_unpackhi_epi32((__m128i)m[0], (__m128i)m[1]);
  const __m128i high23 = _mm_unpackhi_epi32((__m128i)m[2], (__m128i)m[3]);
  m[0] = (wide)_mm_unpacklo_epi64(low01, low23);
  m[1] = (wide)_mm_unpackhi_epi64(low01, low23);
  m[2] = (wide)_mm_unpacklo_epi64(high01, high23);
  m[3] = (wide)_mm_unpackhi_epi64(high01, high23);
}

// Words at, at + 1, at + 2, at + 3 of each packet.
INLINE void gather_words(uint8_t *const packets[LANES], unsigned at, wide words[4]) {
  for (unsigned i = 0; i < 4; i++) words[i] = (wide)_mm_loadu_si128((const __m128i *)(packets[i] + 4 * at));
  transpose(words);
}

// A packet's own four words, out of four vectors with a word of each packet.
INLINE void scatter_words(wide words[4], uint32_t rows[LANES][4]) {
  transpose(words);
  for (unsigned i = 0; i < 4; i++) _mm_store_si128((__m128i *)rows[i], (__m128i)words[i]);
}

INLINE int any(wide mask) {
  return !_mm_testz_si128((__m128i)mask, (__m128i)mask);
}

// 36 bytes of headers in which words 0, 2, 5 and 6 are those of `patch`.
INLINE void put_headers(uint8_t *to, const uint8_t *headers, const uint32_t patch[4]) {
  const __m128i first = _mm_load_si128((const __m128i *)headers), second = _mm_load_si128((const __m128i *)headers + 1);
  const __m128i own = _mm_load_si128((const __m128i *)patch);
  const __m128i own02 = _mm_shuffle_epi32(own, _MM_SHUFFLE(1, 1, 0, 0));
  const __m128i own56 = _mm_shuffle_epi32(own, _MM_SHUFFLE(3, 3, 2, 2));
  _mm_storeu_si128((__m128i *)to, _mm_blend_epi16(first, own02, 0x33));
  _mm_storeu_si128((__m128i *)(to + 16), _mm_blend_epi16(second, own56, 0x3c));
  memcpy(to + 32, headers + 32, 4);
}
