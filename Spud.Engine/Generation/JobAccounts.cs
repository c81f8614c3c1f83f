namespace Spud.Generation;

/// <summary>The accounts of a loop's jobs, by index.</summary>
internal sealed class JobAccounts
{
    private readonly Dictionary<string, int> _indices = [];
    private readonly List<double> _weights = [];

    public int Count => _weights.Count;

    /// <summary>The index of an account, which now has the weight that these terms state.</summary>
    /// <param name="terms">The terms of a job.</param>
    /// <param name="changes">Whether other jobs of the account had another weight.</param>
    public int IndexOf(JobTerms terms, out bool changes)
    {
        changes = false;
        if (!_indices.TryGetValue(terms.Account, out int index))
        {
            _indices.Add(terms.Account, index = _weights.Count);
            _weights.Add(terms.Weight);
        }

        changes = _weights[index] != terms.Weight;
        _weights[index] = terms.Weight;
        return index;
    }

    public double WeightOf(int account) => _weights[account];
}
