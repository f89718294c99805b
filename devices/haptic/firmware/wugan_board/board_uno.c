/* An Arduino Uno or Nano (ATmega328P, 16 MHz) with two brushed motors behind H-bridges and two quadrature encoders.
 *
 *   D0, D1    serial, 1 Mbaud, 8N1
 *   D2, D4    encoder of axis 0, channels A and B      D3, D5   encoder of axis 1
 *   D9, D11   PWM 20 kHz and direction of axis 0       D10, D12 of axis 1
 *   D7        enable of both bridges; fit a pull-down, so that a reset or a dead controller means no torque
 *   A0        emergency stop: a normally closed contact to ground (a broken wire reads as pressed)
 *   A1        fault output of the bridges, low when there is a fault (internal pull-up)
 */
#include <avr/interrupt.h>
#include <avr/io.h>

#include "board.h"
#include "protocol.h"

#define BAUD 1000000ul
#define PWM_TOP 799 /* 16 MHz / 20 kHz - 1 */
#define TX_RING 256

#define ENABLE (1 << PD7)
#define DIR0 (1 << PB3)
#define DIR1 (1 << PB4)
#define PWM_PINS ((1 << PB1) | (1 << PB2))

static volatile int32_t position[BOARD_AXES];
static volatile uint32_t milliseconds;
static uint8_t tx[TX_RING];
static volatile uint8_t tx_in, tx_out;

void board_init(void) {
    uint8_t before = board_lock();
    /* Outputs low before they are outputs. */
    PORTB &= (uint8_t)~(DIR0 | DIR1 | PWM_PINS);
    PORTD &= (uint8_t)~ENABLE;
    DDRB |= DIR0 | DIR1 | PWM_PINS;
    DDRD |= ENABLE;
    PORTD |= (1 << PD2) | (1 << PD3) | (1 << PD4) | (1 << PD5);
    PORTC |= (1 << PC0) | (1 << PC1);

    ICR1 = PWM_TOP;
    TCCR1A = (1 << WGM11);
    TCCR1B = (1 << WGM13) | (1 << WGM12) | (1 << CS10);

    EICRA = (1 << ISC00) | (1 << ISC10); /* any edge of channel A */
    EIMSK = (1 << INT0) | (1 << INT1);

    TCCR2A = (1 << WGM21); /* timer 2, for Arduino's own code uses timer 0 */
    TCCR2B = (1 << CS22);  /* 250 kHz */
    OCR2A = 249;           /* 1 kHz */
    TIMSK2 = (1 << OCIE2A);

    UCSR0A = (1 << U2X0);
    UBRR0 = F_CPU / 8 / BAUD - 1;
    UCSR0C = (1 << UCSZ01) | (1 << UCSZ00);
    UCSR0B = (1 << RXEN0) | (1 << TXEN0) | (1 << RXCIE0);
    board_unlock(before);
}

uint8_t board_lock(void) {
    uint8_t before = SREG;
    cli();
    return before;
}

void board_unlock(uint8_t before) {
    SREG = before;
}

void board_zero(void) {
    /* The pins leave the timer: a duty of 0 would still be a spike of one clock in each period. */
    TCCR1A &= (uint8_t)~((1 << COM1A1) | (1 << COM1B1));
    PORTB &= (uint8_t)~PWM_PINS;
    PORTD &= (uint8_t)~ENABLE;
    OCR1A = 0;
    OCR1B = 0;
}

int16_t board_duty(uint8_t axis, float output) {
    (void)axis;
    return (int16_t)(output * (PWM_TOP / BOARD_LIMIT));
}

void board_drive(const int16_t *duty) {
    uint8_t pins = TCCR1A & (uint8_t)~((1 << COM1A1) | (1 << COM1B1));
    if (duty[0] < 0) PORTB |= DIR0; else PORTB &= (uint8_t)~DIR0;
    if (duty[1] < 0) PORTB |= DIR1; else PORTB &= (uint8_t)~DIR1;
    OCR1A = duty[0] < 0 ? -duty[0] : duty[0];
    OCR1B = duty[1] < 0 ? -duty[1] : duty[1];
    if (duty[0]) pins |= 1 << COM1A1;
    if (duty[1]) pins |= 1 << COM1B1;
    TCCR1A = pins;
    PORTD |= ENABLE;
}

int32_t board_counts(uint8_t axis) {
    uint8_t before = board_lock();
    int32_t now = position[axis];
    board_unlock(before);
    return now;
}

uint32_t board_micros(void) {
    uint8_t before = board_lock();
    uint32_t ms = milliseconds;
    uint8_t quarter = TCNT2;
    /* A tick that is due and not yet counted, because interrupts are off. */
    if ((TIFR2 & (1 << OCF2A)) && quarter < 125) ms++;
    board_unlock(before);
    return ms * 1000 + quarter * 4u;
}

uint8_t board_estop(void) {
    return (PINC & (1 << PC0)) != 0;
}

uint8_t board_fault(void) {
    return PINC & (1 << PC1) ? 0 : 4; /* 4: motor driver failed */
}

void board_send(const uint8_t *data, uint8_t length) {
    uint8_t in = tx_in;
    if ((uint8_t)(tx_out - in - 1) < length) return;
    while (length--) tx[in++] = *data++;
    tx_in = in;
    UCSR0B |= (1 << UDRIE0);
}

ISR(USART_UDRE_vect) {
    UDR0 = tx[tx_out++];
    if (tx_out == tx_in) UCSR0B &= (uint8_t)~(1 << UDRIE0);
}

ISR(USART_RX_vect) {
    uint8_t lost = UCSR0A & ((1 << DOR0) | (1 << FE0));
    uint8_t byte = UDR0;
    if (lost) wugan_overrun();
    wugan_receive(byte);
}

ISR(TIMER2_COMPA_vect) {
    milliseconds++;
    wugan_tick();
}

ISR(INT0_vect) {
    uint8_t pins = PIND;
    position[0] += !(pins & (1 << PD2)) == !(pins & (1 << PD4)) ? 1 : -1;
}

ISR(INT1_vect) {
    uint8_t pins = PIND;
    position[1] += !(pins & (1 << PD3)) == !(pins & (1 << PD5)) ? 1 : -1;
}
