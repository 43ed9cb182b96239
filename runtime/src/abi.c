/* The sizes of the structures that kernels are generated with. One that changes without a new
 * CONVFORGE_ABI_VERSION would read objects of before wrongly: change the version with the number. */
#include "convforge/convforge.h"

#if defined(__LP64__)
_Static_assert(CONVFORGE_ABI_VERSION == 6, "the sizes below are those of version 6");
_Static_assert(sizeof(convforge_operand) == 136, "convforge_operand");
_Static_assert(sizeof(convforge_view) == 16, "convforge_view");
_Static_assert(sizeof(convforge_pack_region) == 32, "convforge_pack_region");
_Static_assert(sizeof(convforge_pack) == 208, "convforge_pack");
_Static_assert(sizeof(convforge_kernel) == 384, "convforge_kernel");
_Static_assert(sizeof(convforge_threads) == 24, "convforge_threads");
_Static_assert(sizeof(convforge_args) == 32, "convforge_args");
_Static_assert(sizeof(convforge_choice) == 264, "convforge_choice");
_Static_assert(offsetof(convforge_kernel, abi_version) == 0, "read before anything else of a kernel");
#endif

/* Arrays of these bounds are inside of calls and generated code. */
_Static_assert(CONVFORGE_MAX_OPERANDS == 32 && CONVFORGE_MAX_VIEWS == 512, "limits of version 6");
