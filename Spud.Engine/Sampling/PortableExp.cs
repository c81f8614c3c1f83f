using System.Numerics;
using System.Runtime.CompilerServices;

namespace Spud.Sampling;

/// <summary>
/// exp(x) for x of at most 0, with a relative error of about 1e-15, using only IEEE additions and multiplications: bitwise identical for every vector
/// width and platform, which the C library's exp does not guarantee. Below -708 (3e-308) the result is 0.
/// Method: x = k ln 2 + r with |r| at most ln 2 / 2, Taylor series to r^13 / 13! (the remainder is under 5e-18), times 2^k
/// (Cody and Waite, "Software Manual for the Elementary Functions", 1980; ln 2 in two parts as in fdlibm's e_exp.c).
/// </summary>
public static class PortableExp
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 6.93147180369123816490e-01; // its last 32 bits are zero, so k times it is exact
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double RoundToInteger = 6755399441055744.0; // 1.5 * 2^52: adding it leaves the integer in the lowest bits
    private const double Smallest = -708;

    /// <summary>Replaces every x by exp(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void InPlace(Span<double> x)
    {
        int width = Vector<double>.Count;
        int i = 0;
        for (; i + width <= x.Length; i += width)
        {
            Exp(new Vector<double>(x[i..])).CopyTo(x[i..]);
        }
        if (i == x.Length)
        {
            return;
        }
        Span<double> rest = stackalloc double[width];
        rest.Clear();
        x[i..].CopyTo(rest);
        Exp(new Vector<double>(rest)).CopyTo(rest);
        rest[..(x.Length - i)].CopyTo(x[i..]);
    }

    /// <summary>The sum of exp(logit - max) over all logits, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(ReadOnlySpan<float> logits, float max)
    {
        Span<double> block = stackalloc double[256];
        double sum = 0;
        for (int start = 0; start < logits.Length; start += block.Length)
        {
            ReadOnlySpan<float> part = logits.Slice(start, Math.Min(block.Length, logits.Length - start));
            for (int i = 0; i < part.Length; i++)
            {
                block[i] = (double)part[i] - max;
            }
            Span<double> terms = block[..part.Length];
            InPlace(terms);
            sum += Sum(terms);
        }
        return sum;
    }

    // Four running sums hide the latency of the addition; their order is fixed, so the result is too.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum(ReadOnlySpan<double> terms)
    {
        double a = 0, b = 0, c = 0, d = 0;
        int i = 0;
        for (; i + 4 <= terms.Length; i += 4)
        {
            a += terms[i];
            b += terms[i + 1];
            c += terms[i + 2];
            d += terms[i + 3];
        }
        for (; i < terms.Length; i++)
        {
            a += terms[i];
        }
        return (a + b) + (c + d);
    }

    private static Vector<double> Exp(Vector<double> x)
    {
        Vector<double> shifted = (x * Log2E) + new Vector<double>(RoundToInteger);
        Vector<double> k = shifted - new Vector<double>(RoundToInteger);
        Vector<double> r = x - (k * Ln2High) - (k * Ln2Low);
        Vector<double> square = r * r;
        // Even and odd powers separately: two short dependency chains instead of one long one.
        Vector<double> even = (new Vector<double>(1.0 / 479001600) * square) + new Vector<double>(1.0 / 3628800);
        even = (even * square) + new Vector<double>(1.0 / 40320);
        even = (even * square) + new Vector<double>(1.0 / 720);
        even = (even * square) + new Vector<double>(1.0 / 24);
        even = (even * square) + new Vector<double>(0.5);
        even = (even * square) + Vector<double>.One;
        Vector<double> odd = (new Vector<double>(1.0 / 6227020800) * square) + new Vector<double>(1.0 / 39916800);
        odd = (odd * square) + new Vector<double>(1.0 / 362880);
        odd = (odd * square) + new Vector<double>(1.0 / 5040);
        odd = (odd * square) + new Vector<double>(1.0 / 120);
        odd = (odd * square) + new Vector<double>(1.0 / 6);
        odd = (odd * square) + Vector<double>.One;
        Vector<double> series = even + (odd * r);
        Vector<double> power = Vector.AsVectorDouble((Vector.AsVectorInt64(shifted) + new Vector<long>(1023)) << 52);
        return Vector.ConditionalSelect(Vector.LessThan(x, new Vector<double>(Smallest)), Vector<double>.Zero, series * power);
    }
}
