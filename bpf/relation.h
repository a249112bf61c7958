/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * relation.h - which of two texts is the larger number: what is written, and what the sysctl holds.
 *
 * A number is one decimal integer as the kernel prints it, with blanks around it and newlines behind.
 * Everything else is none, and what is compared with it is SG_RELATION_UNKNOWN, which no condition
 * accepts. The guard calls the step in the kernel, `check` and the tests call it natively.
 *
 * Where in a number a byte stands is the state of a small automaton. The step has no branches, as that of
 * dfa_walk.h has none.
 */
#ifndef SG_RELATION_H
#define SG_RELATION_H

#include "dfa_walk.h"

/* Room for a number, the blanks around it and the helper's zero byte; what is longer is none. */
#define SG_NUMBER_SIZE 32

#define SG_NUMBER_START 0u
#define SG_NUMBER_MINUS 1u
#define SG_NUMBER_ZERO 2u
#define SG_NUMBER_DIGITS 3u
#define SG_NUMBER_DIGITS_NEGATIVE 4u
#define SG_NUMBER_BLANKS 5u /* behind it */
#define SG_NUMBER_BLANKS_NEGATIVE 6u
#define SG_NUMBER_LINES 7u /* at its end */
#define SG_NUMBER_LINES_NEGATIVE 8u
#define SG_NUMBER_NONE 9u
#define SG_NUMBER_STATES 16u /* as a power of two: states are masked */
/* A bit for each state: SG_NUMBER_ZERO to the one before SG_NUMBER_NONE; those of them with a minus. */
#define SG_NUMBER_ARE_NUMBERS 0x1fcull
#define SG_NUMBER_ARE_NEGATIVE 0x150ull

/* Of sg_number_table: zero, another digit, minus, blank, newline, any other byte. */
#define SG_NUMBER_COLUMNS 8u

struct sg_number_rules {
	__u8 column[256]; /* of a byte */
	__u8 next[SG_NUMBER_STATES][SG_NUMBER_COLUMNS];
	__u8 takes[SG_NUMBER_COLUMNS]; /* whether it is a digit */
};

/* In the guard a constant that is known outside of it, as all of .rodata. */
#ifdef __cplusplus
static
#endif
	const struct sg_number_rules sg_number_table = {
		{
			5, 5, 5, 5, 5, 5, 5, 5, 5, 3, 4, 5, 5, 5, 5, 5, /* tab, newline */
			5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 3, 5, 5, 5, 5, 5, 5, 5,
			5, 5, 5, 5, 5, 2, 5, 5,                         /* blank, '-' */
			0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 5, 5, 5, 5, 5, /* digits */
			5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
			5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
			5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
			5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
			5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
			5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
			5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
			5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
		},
		{
			/* 0, 1 to 9, '-', blank, newline, another one */
			{2, 3, 1, 0, 9, 9, 9, 9}, /* start */
			{9, 4, 9, 9, 9, 9, 9, 9}, /* minus */
			{9, 9, 9, 5, 7, 9, 9, 9}, /* zero */
			{3, 3, 9, 5, 7, 9, 9, 9}, /* digits */
			{4, 4, 9, 6, 8, 9, 9, 9}, /* the same, negative */
			{9, 9, 9, 5, 7, 9, 9, 9}, /* blanks */
			{9, 9, 9, 6, 8, 9, 9, 9}, /* the same, negative */
			{9, 9, 9, 9, 7, 9, 9, 9}, /* lines */
			{9, 9, 9, 9, 8, 9, 9, 9}, /* the same, negative */
			{9, 9, 9, 9, 9, 9, 9, 9}, /* none */
			{9, 9, 9, 9, 9, 9, 9, 9},
			{9, 9, 9, 9, 9, 9, 9, 9},
			{9, 9, 9, 9, 9, 9, 9, 9},
			{9, 9, 9, 9, 9, 9, 9, 9},
			{9, 9, 9, 9, 9, 9, 9, 9},
			{9, 9, 9, 9, 9, 9, 9, 9},
		},
		{1, 1, 0, 0, 0, 0, 0, 0},
};

/* Zeros at first. */
struct sg_number {
	__u64 magnitude; /* without its sign; of more than 20 digits only what is left of it */
	__u64 before;    /* the same before the last digit */
	__u32 digits;    /* how many were read */
	__u32 state;     /* SG_NUMBER_* */
};

/* Takes one byte more. */
SG_INLINE void sg_number_step(struct sg_number *number, __u8 byte)
{
	__u32 column = sg_number_table.column[byte] & (SG_NUMBER_COLUMNS - 1);
	__u64 takes = sg_number_table.takes[column];

	number->state = sg_number_table.next[number->state & (SG_NUMBER_STATES - 1)][column];
	number->before ^= (number->before ^ number->magnitude) & (0 - takes);
	number->magnitude = number->magnitude * (1 + 9 * takes) + takes * (byte & 0xf);
	number->digits += (__u32)takes;
}

/* 1 where a < b, else 0, without a branch. */
SG_INLINE __u64 sg_less(__u64 a, __u64 b)
{
	return ((~a & b) | (~(a ^ b) & (a - b))) >> 63;
}

/* 1 where it is 0, else 0. */
SG_INLINE __u64 sg_is_zero(__u64 number)
{
	return sg_less(number, 1);
}

/* 1 where it is one that 64 bits hold: of one that they do not, what is left is less than it was before. */
SG_INLINE __u64 sg_is_number(const struct sg_number *number)
{
	return SG_NUMBER_ARE_NUMBERS >> (number->state & (SG_NUMBER_STATES - 1)) & 1 &
	       sg_less(number->digits, 21) & sg_is_zero(number->magnitude / 10 ^ number->before);
}

/* 1 where it is below zero. */
SG_INLINE __u64 sg_is_negative(const struct sg_number *number)
{
	return SG_NUMBER_ARE_NEGATIVE >> (number->state & (SG_NUMBER_STATES - 1)) & 1;
}

/* What `value` is beside `current`: SG_RELATION_*. */
SG_INLINE __u32 sg_relation(const struct sg_number *value, const struct sg_number *current)
{
	__u64 known = sg_is_number(value) & sg_is_number(current);
	__u64 negative = sg_is_negative(value), differ = negative ^ sg_is_negative(current);
	__u64 same = sg_is_zero(value->magnitude ^ current->magnitude) & ~differ;
	__u64 smaller = sg_less(value->magnitude, current->magnitude) ^ negative;
	/* of two signs the sign decides */
	__u64 below = (smaller & ~differ) | (negative & differ);
	__u64 relation = SG_RELATION_ABOVE - 2 * below;

	__asm__ volatile("" : "+r"(same), "+r"(known)); /* or compilers make branches of them */
	relation ^= (relation ^ SG_RELATION_SAME) & (0 - same);
	return (__u32)(relation | (SG_RELATION_UNKNOWN & (known - 1)));
}

#endif
