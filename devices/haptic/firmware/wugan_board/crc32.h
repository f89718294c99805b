#ifndef WUGAN_CRC32_H
#define WUGAN_CRC32_H

#include <stdint.h>

/* CRC-32 of Ethernet and zlib; that of "123456789" is 0xCBF43926. */
uint32_t crc32(const uint8_t *data, uint8_t length);

#endif
