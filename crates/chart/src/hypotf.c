/*
 * skrifa measures glyphs of the TrueType kind with hypotf, which our font has none of. glibc 2.35 gave that
 * function a new version, so a program that is linked on a newer machine asks for it, and doesn't start on
 * Amazon Linux 2023, whose glibc is 2.34. Squares of floats are exact in doubles and can't overflow there.
 */
float hypotf(float x, float y)
{
	double a = x, b = y;

	return (float)__builtin_sqrt(a * a + b * b);
}
