/* What the protocol needs of a board. To port to another one, write these for it and change the numbers. */
#ifndef WUGAN_BOARD_H
#define WUGAN_BOARD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- the numbers of this device; SI units, in HELLO_REPLY and in the limits that are kept */

#define BOARD_AXES 2
#define BOARD_MODE 2            /* 1: force in N, m; 2: joint torque in N m, rad */
#define BOARD_CAPS 0x00EEu      /* joint torque, position, velocity, e-stop input, clock, applied output */
#define BOARD_MODEL 1u
#define BOARD_FIRMWARE 0x0100u  /* 1.0 */
#define BOARD_MAX_HZ 800u       /* 0.22 ms in, about 0.5 ms of work, 0.42 ms out */
#define BOARD_LIMIT 0.25f       /* N m of each axis at full duty */
#define BOARD_WIDTH 1.5708f     /* rad, half of the workspace of each axis */
#define BOARD_COUNTS_PER_RAD 325.949f /* 1024 edges of channel A a turn, both edges counted */
#define BOARD_UUID {'w', 'u', 'g', 'a', 'n', ' ', 'r', 'e', 'f', 'e', 'r', 'e', 'n', 'c', 'e', 0}

/* --- hardware */

void board_init(void);

/* Zero output, at once. Called from interrupts: short, and never waits. */
void board_zero(void);

/* The drive value for an output, which is within BOARD_LIMIT; called with interrupts on. */
int16_t board_duty(uint8_t axis, float output);

/* Drive the motors; called with interrupts off, and only while armed. */
void board_drive(const int16_t *duty);

/* Encoder counts; called with interrupts on. */
int32_t board_counts(uint8_t axis);

uint32_t board_micros(void);

/* Queue an answer. All of it or, where it does not fit, nothing: the host then times out. */
void board_send(const uint8_t *data, uint8_t length);

/* The emergency stop's input. Wired so that a broken cable reads as pressed. Called from an interrupt. */
uint8_t board_estop(void);

/* 0, or a fault number of docs/reference/haptic-protocol.md. Called from an interrupt. */
uint8_t board_fault(void);

/* Interrupts off, and back to what they were. */
uint8_t board_lock(void);
void board_unlock(uint8_t before);

#ifdef __cplusplus
}
#endif
#endif
