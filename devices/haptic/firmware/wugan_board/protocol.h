/* wugan's haptic protocol, version 1, device side. Byte by byte in docs/reference/haptic-protocol.md.
 *
 * No heap, no blocking, no dependency on one board: what it needs of the hardware is in board.h.
 */
#ifndef WUGAN_PROTOCOL_H
#define WUGAN_PROTOCOL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* State after switching on: no session, not armed, zero output. */
void wugan_init(void);

/* One byte from the host. Call it from the receive interrupt; an emergency stop takes effect in here. */
void wugan_receive(uint8_t byte);

/* Bytes were lost before they reached wugan_receive (a hardware overrun). Safe in an interrupt. */
void wugan_overrun(void);

/* One millisecond has passed. Call it from a timer interrupt: the watchdog lives in here, so it
 * works even where the main loop hangs. */
void wugan_tick(void);

/* Everything that is not urgent: frames, answers, ramp, slew. Call it from the main loop, as often as it goes. */
void wugan_poll(void);

/* Whether wugan_poll has something to do; call it with interrupts off before going to sleep. */
uint8_t wugan_pending(void);

#ifdef __cplusplus
}
#endif
#endif
