#include "twin.h"

static struct { void *memory; size_t bytes; } kept[64];

void *scratch(int slot, size_t bytes)
{
    if (kept[slot].bytes < bytes)
    {
        free(kept[slot].memory);
        kept[slot].memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
        kept[slot].bytes = bytes;
    }
    return kept[slot].memory;
}
