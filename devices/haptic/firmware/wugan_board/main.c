/* Without the Arduino IDE: avr-gcc alone. With it, wugan_board.ino takes this file's place. */
#ifndef ARDUINO
#include <avr/interrupt.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

#include "board.h"
#include "protocol.h"

/* After a reset by the hardware watchdog it still runs, at its shortest time: off before anything else. */
void watchdog_off(void) __attribute__((naked, used, section(".init3")));
void watchdog_off(void) {
    MCUSR = 0;
    wdt_disable();
}

int main(void) {
    board_init();
    wugan_init();
    wdt_enable(WDTO_15MS); /* a main loop that hangs is a reset, and a reset is not armed */
    set_sleep_mode(SLEEP_MODE_IDLE);
    sei();
    for (;;) {
        wdt_reset();
        wugan_poll();
        cli();
        if (!wugan_pending()) {
            sleep_enable();
            sei(); /* takes effect after the next instruction: no interrupt is missed */
            sleep_cpu();
            sleep_disable();
        }
        sei();
    }
}
#endif
