namespace Crowsnest.Core.Scoring;

/// <summary>
/// Says how rare a score is in this cluster: in how many actor-days out of all the highest score was at least this. Beyond
/// the highest ones seen, an exponential tail goes on where the counts end.
/// </summary>
/// <param name="Maxima">Highest score of each actor on each day that the profile had not seen, ascending.</param>
/// <param name="Days">Days that the maxima come from.</param>
public sealed record Calibration(IReadOnlyList<float> Maxima, double Days)
{
    // The share of the highest maxima that the tail is fitted to, and the least number that a fit needs.
    private const double TailShare = 0.1;
    private const int SmallestTail = 10;

    // A million years; beyond it the tail says nothing.
    private const double Rarest = 1e-9;

    /// <summary>Actor-days per day whose highest score reaches the given one; never 0.</summary>
    public double ExpectedPerDay(double score)
    {
        int tail = Math.Min(Maxima.Count, Math.Max(SmallestTail, (int)(Maxima.Count * TailShare)));
        if (tail == 0 || Days <= 0)
        {
            // Without calibration nothing can be called rare.
            return double.PositiveInfinity;
        }

        double edge = Maxima[Maxima.Count - tail];
        if (score <= edge)
        {
            return CountFrom(score) / Days;
        }

        double excess = 0;
        for (int i = Maxima.Count - tail; i < Maxima.Count; i++)
        {
            excess += Maxima[i] - edge;
        }

        double mean = Math.Max(excess / tail, 1e-6);
        return Math.Max(tail * Math.Exp(-(score - edge) / mean) / Days, Rarest);
    }

    private int CountFrom(double score)
    {
        int low = 0;
        int high = Maxima.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Maxima[middle] < score)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return Maxima.Count - low;
    }
}
