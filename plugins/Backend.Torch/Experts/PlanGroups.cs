using Backend.Torch.Native;
using static TorchSharp.torch;

namespace Backend.Torch.Experts;

/// <summary>A plan by expert: the rows of each, ascending, with their weights. Entries with an invalid row or expert are dropped.</summary>
internal sealed class PlanGroups(int experts)
{
    private readonly int[] _ends = new int[experts];
    private readonly PinnedList<long> _rows = new(ScalarType.Int64);
    private readonly PinnedList<float> _weights = new(ScalarType.Float32);
    private int _count;

    /// <summary>Sorts a plan that the host can read.</summary>
    public void Sort(ReadOnlySpan<int> offsets, ReadOnlySpan<int> ids, ReadOnlySpan<float> weights)
    {
        Array.Clear(_ends);
        _count = 0;
        foreach ((_, int entry) in new Entries(offsets, ids, experts))
        {
            _ends[ids[entry]]++;
            _count++;
        }

        for (int expert = 0, first = 0; expert < experts; expert++)
            (_ends[expert], first) = (first, first + _ends[expert]);

        Span<long> rows = _rows.Take(_count);
        Span<float> shares = _weights.Take(_count);
        foreach ((int row, int entry) in new Entries(offsets, ids, experts))
        {
            int place = _ends[ids[entry]]++;
            (rows[place], shares[place]) = (row, weights[entry]);
        }
    }

    /// <summary>Every row once, with weight 1, for the only expert of a dense layer.</summary>
    public void All(int rows)
    {
        Span<long> each = _rows.Take(rows);
        for (int row = 0; row < rows; row++)
            each[row] = row;

        _weights.Take(rows).Fill(1);
        (_count, _ends[0]) = (rows, rows);
    }

    /// <summary>Range of an expert's rows.</summary>
    public (int First, int Count) Of(int expert)
    {
        int first = expert == 0 ? 0 : _ends[expert - 1];
        return (first, _ends[expert] - first);
    }

    /// <summary>The rows of an expert.</summary>
    public ReadOnlySpan<long> Rows(int expert) => _rows.Take(_count).Slice(Of(expert).First, Of(expert).Count);

    /// <summary>The weights of these rows.</summary>
    public ReadOnlySpan<float> Weights(int expert) => _weights.Take(_count).Slice(Of(expert).First, Of(expert).Count);

    /// <summary>All rows as a tensor on the host, valid until the next plan.</summary>
    public Tensor AllRows() => _rows.Tensor(_count);

    /// <summary>All weights as a tensor on the host, valid until the next plan.</summary>
    public Tensor AllWeights() => _weights.Tensor(_count);

    /// <summary>The entries of a plan with a valid row and expert.</summary>
    private ref struct Entries(ReadOnlySpan<int> offsets, ReadOnlySpan<int> ids, int experts)
    {
        private readonly ReadOnlySpan<int> _offsets = offsets, _ids = ids;
        private int _row = 0, _entry = Math.Max(0, offsets[0]) - 1;

        public readonly (int Row, int Entry) Current => (_row, _entry);

        public readonly Entries GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_row < _offsets.Length - 1)
            {
                int end = Math.Min(_ids.Length, _offsets[_row + 1]);
                while (++_entry < end)
                {
                    if ((uint)_ids[_entry] < (uint)experts)
                        return true;
                }

                _row++;
                _entry = Math.Max(0, _row < _offsets.Length ? _offsets[_row] : 0) - 1;
            }

            return false;
        }
    }
}
