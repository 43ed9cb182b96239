/* Rows of bytes by lines (convforge_byte_pairs). */
#ifndef CONVFORGE_OPERATIONS_BYTE_PAIR_ROWS_H
#define CONVFORGE_OPERATIONS_BYTE_PAIR_ROWS_H

#include "convforge/operations.h"

/* n neighbours of each; the output may be in the place of either input. */
typedef void convforge_byte_pair_row(const convforge_byte_pairs *operation, int64_t n, const uint8_t *a,
                                     const uint8_t *b, uint8_t *to);
/* With the widest vectors that this CPU has. */
convforge_byte_pair_row *convforge_byte_pair_row_of_cpu(void);

#endif
