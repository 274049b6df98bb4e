/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All chance in a campaign comes from one number: each actor has a stream of
 * its own, made from the seed and the actor's number, so that what one of them
 * does depends on no other's speed.
 */
#ifndef FUZZ_RNG_H
#define FUZZ_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

/* splitmix64: a Weyl sequence, and a bijection that mixes its bits. */
static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* 0 to @n - 1; @n is small, so the bias does not matter. */
static inline unsigned int rng_below(struct rng *r, unsigned int n)
{
	return (unsigned int)((rng_next(r) >> 32) * n >> 32);
}

static inline bool rng_one_in(struct rng *r, unsigned int n)
{
	return rng_below(r, n) == 0;
}

/* A stream apart from all others of the same seed. */
static inline struct rng rng_fork(uint64_t seed, uint64_t number)
{
	struct rng r = { .state = seed };

	r.state = rng_next(&r) + number * 0xd1342543de82ef95ULL;
	r.state = rng_next(&r);
	return r;
}

#endif /* FUZZ_RNG_H */
