/* Handwritten digits as the file test.csv has them. */
#ifndef TEST_SET_H
#define TEST_SET_H

#include <stdio.h>

enum { digit_side = 8, digit_pixels = digit_side * digit_side };

typedef struct digit {
  float pixels[digit_pixels]; /* from 0 to 16, as the network wants them */
  int label;
} digit;

/* The next line: 64 numbers and the label. 0 at the end of the file, or where a line is another. */
int read_digit(FILE *file, digit *read);
/* As characters, a row a line. */
void print_digit(const digit *shown);

#endif
