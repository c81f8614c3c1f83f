using System.Numerics;
using Spud.Sampling;

namespace Spud.Evaluation.Comparison;

/// <summary>One row of logits as a distribution: maximum, sum of exponentials, and the exponentials themselves.</summary>
/// <param name="vocabulary">V, of the largest row.</param>
internal sealed class RowDistribution(int vocabulary)
{
    private readonly double[] _exponentials = new double[vocabulary];
    private float _max;
    private double _sum;

    /// <summary>The most likely token; on ties the first.</summary>
    public int Best { get; private set; }

    /// <summary>Sets the row of logits [V], which must stay valid while the distribution is used.</summary>
    public void Take(ReadOnlySpan<float> logits)
    {
        Best = Selection.ArgMax(logits, out _max);
        Span<double> terms = _exponentials.AsSpan(0, logits.Length);
        for (int i = 0; i < logits.Length; i++)
            terms[i] = (double)logits[i] - _max;

        PortableExp.InPlace(terms);
        _sum = Sum(terms);
    }

    /// <summary>-ln p(token), in nats.</summary>
    public double Loss(ReadOnlySpan<float> logits, int token) => Math.Log(_sum) + _max - logits[token];

    /// <summary>
    /// D(p || q) = sum of p ln(p / q) + q - p, in nats, p being this row. The last two terms sum to zero, and make the result insensitive to
    /// errors of the two normalisations: without them, rounding would dominate for almost equal rows.
    /// </summary>
    /// <param name="p">This row's logits [V].</param>
    /// <param name="other">The other distribution.</param>
    /// <param name="q">Its logits [V].</param>
    public double Divergence(ReadOnlySpan<float> p, RowDistribution other, ReadOnlySpan<float> q)
    {
        int width = Vector<double>.Count;
        Vector<double> sum = Vector<double>.Zero, offset = new((double)other._max - _max + (Math.Log(other._sum) - Math.Log(_sum)));
        Vector<double> scaleP = new(1 / _sum), scaleQ = new(1 / other._sum);
        int i = 0;
        for (; i + 2 * width <= p.Length; i += 2 * width)
        {
            Vector.Widen(new Vector<float>(p[i..]), out Vector<double> lowP, out Vector<double> highP);
            Vector.Widen(new Vector<float>(q[i..]), out Vector<double> lowQ, out Vector<double> highQ);
            sum += Term(i, lowP - lowQ) + Term(i + width, highP - highQ);
        }

        double rest = Vector.Sum(sum);
        for (; i < p.Length; i++)
        {
            double likelyP = _exponentials[i] / _sum, likelyQ = other._exponentials[i] / other._sum;
            rest += Difference(likelyP, (double)p[i] - q[i] + offset[0]) + likelyQ - likelyP;
        }

        // The true value is at least 0; rounding may produce slightly less.
        return Math.Max(rest, 0);

        Vector<double> Term(int at, Vector<double> difference)
        {
            Vector<double> likelyP = new Vector<double>(_exponentials, at) * scaleP, likelyQ = new Vector<double>(other._exponentials, at) * scaleQ;
            // A token that both exclude contributes the difference of two infinities times zero.
            Vector<double> product = Vector.ConditionalSelect(Vector.Equals(likelyP, Vector<double>.Zero), Vector<double>.Zero, likelyP * (difference + offset));
            return product + likelyQ - likelyP;
        }
    }

    private static double Difference(double likely, double difference) => likely == 0 ? 0 : likely * difference;

    private static double Sum(ReadOnlySpan<double> terms)
    {
        int width = Vector<double>.Count;
        Vector<double> a = Vector<double>.Zero, b = Vector<double>.Zero;
        int i = 0;
        for (; i + 2 * width <= terms.Length; i += 2 * width)
        {
            a += new Vector<double>(terms[i..]);
            b += new Vector<double>(terms[(i + width)..]);
        }

        double sum = Vector.Sum(a + b);
        for (; i < terms.Length; i++)
            sum += terms[i];

        return sum;
    }
}
