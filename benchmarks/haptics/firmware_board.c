/* A board that is no board: the reference firmware's protocol in this computer, for fuzzing at full speed. */
#include <string.h>

#include "board.h"
#include "protocol.h"

static int16_t driven[BOARD_AXES];
static uint8_t answers[4096];
static int answered;

void board_zero(void) { memset(driven, 0, sizeof driven); }
int16_t board_duty(uint8_t axis, float output) {
    (void)axis;
    return (int16_t)(output * (30000.0f / BOARD_LIMIT));
}
void board_drive(const int16_t *duty) { memcpy(driven, duty, sizeof driven); }
int32_t board_counts(uint8_t axis) { return axis; }
uint32_t board_micros(void) { return 0; }
uint8_t board_estop(void) { return 0; }
uint8_t board_fault(void) { return 0; }
uint8_t board_lock(void) { return 0; }
void board_unlock(uint8_t before) { (void)before; }
void board_send(const uint8_t *data, uint8_t length) {
    if (answered + length > (int)sizeof answers) return;
    memcpy(answers + answered, data, length);
    answered += length;
}

/* Bytes from the host, then a millisecond; what drives the motors afterwards. Returns the number of bytes answered. */
int feed(const uint8_t *data, int length, uint8_t *answer, int16_t *duty) {
    answered = 0;
    for (int i = 0; i < length; i++) {
        wugan_receive(data[i]);
        while (wugan_pending()) wugan_poll();
    }
    wugan_tick();
    while (wugan_pending()) wugan_poll();
    memcpy(duty, driven, sizeof driven);
    memcpy(answer, answers, (size_t)answered);
    return answered;
}
