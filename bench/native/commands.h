#ifndef COMMANDS_H
#define COMMANDS_H

// Carries out a line of the protocol (harness.c) and prints its answer. 0 when it was the last.
int obey(char *line);

#endif
