// Reference firmware of wugan's haptic protocol for the Arduino IDE: open this folder as a sketch, choose Uno or Nano.
#include <avr/wdt.h>

#include "board.h"
#include "protocol.h"

void setup() {
  board_init();
  wugan_init();
  wdt_enable(WDTO_15MS);
}

void loop() {
  wdt_reset();
  wugan_poll();
}
