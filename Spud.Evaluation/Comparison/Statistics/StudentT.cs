namespace Spud.Evaluation.Comparison;

/// <summary>Student's distribution with a whole number of degrees of freedom. Source: Abramowitz and Stegun, 26.7.3 and 26.7.4.</summary>
internal static class StudentT
{
    private const double Widest = 1e6;

    /// <summary>The quantile of a probability.</summary>
    /// <param name="probability">Above 1/2, below 1.</param>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    public static double Quantile(double probability, int freedom)
    {
        (double low, double high) = (0, Widest);
        for (int step = 0; step < 100; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = (1 + Inside(middle, freedom)) / 2 < probability ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>Probability of a value between -t and t.</summary>
    private static double Inside(double t, int freedom)
    {
        double angle = Math.Atan(t / Math.Sqrt(freedom)), cosine = Math.Cos(angle);
        bool odd = freedom % 2 == 1;
        (double sum, double term) = (0, odd ? cosine : 1);
        for (int power = odd ? 1 : 0; power <= freedom - 2; power += 2)
        {
            sum += term;
            term *= cosine * cosine * (power + 1) / (power + 2);
        }

        return odd ? 2 / Math.PI * (angle + Math.Sin(angle) * sum) : Math.Sin(angle) * sum;
    }
}
