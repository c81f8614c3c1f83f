using Spud;
using TorchSharp;
using static TorchSharp.torch;

namespace Backend.Torch.Shared;

/// <summary>y = W x + bias for rows; the product itself is computed in the type of the weights.</summary>
internal sealed class Linear : IDisposable
{
    private readonly Tensor _weight, _transposed;
    private readonly Tensor? _bias;
    private readonly bool _expands, _narrows;
    private readonly PartProduct? _parts;
    private readonly long _outputs;

    /// <param name="weight">[N, K]; ownership is taken.</param>
    /// <param name="bias">F32 [N], or null; ownership is taken.</param>
    /// <param name="pool">The pipeline's threads.</param>
    public Linear(Tensor weight, Tensor? bias, WorkerPool pool)
    {
        (_weight, _bias, Type) = (weight, bias, weight.dtype);
        _outputs = weight.size(0);
        _transposed = weight.t();
        _parts = weight.device_type == DeviceType.CPU ? new PartProduct(_transposed, pool) : null;
        _expands = Type == ScalarType.Float16 && _parts is not null;
        _narrows = Type != ScalarType.Float32 && !_expands;
    }

    /// <summary>Type of the weights.</summary>
    public ScalarType Type { get; }

    /// <summary>Rows in the form that <see cref="Inner"/> reads: several products of the same rows convert them once.</summary>
    public Tensor Prepare(Tensor rows) => _narrows ? rows.to(Type) : rows.alias();

    /// <summary>F32 [T, N] for F32 rows [T, K].</summary>
    public Tensor Apply(Tensor rows)
    {
        if (!_narrows)
            return Biased(Product(rows));

        using Tensor narrow = rows.to(Type), product = Product(narrow);
        return Biased(product.to(ScalarType.Float32));
    }

    /// <summary>[T, N] for prepared rows [T, K], in the type of the product: half the bytes if that is bf16, F32 if a bias is added.</summary>
    public Tensor Inner(Tensor prepared)
    {
        if (_bias is null || !_narrows)
            return Biased(Product(prepared));

        using Tensor product = Product(prepared);
        return Biased(product.to(ScalarType.Float32));
    }

    /// <summary>F32 [T, N] for rows in F32 or in the type of the weights.</summary>
    public Tensor ApplyTo(Tensor rows)
    {
        using Tensor prepared = Prepare(rows), product = Inner(prepared);
        return product.to(ScalarType.Float32);
    }

    /// <summary>F32 output [T, N] += factor * (W rows + bias).</summary>
    public void AddTo(Tensor output, Tensor rows, Factor factor)
    {
        if (_bias is null && !_narrows)
        {
            if (_parts is not null)
                _parts.Into(output, rows, beta: 1, alpha: factor.Value);
            else
                output.addmm_(rows, _transposed, beta: 1, alpha: factor.Value);

            return;
        }

        using Tensor prepared = Prepare(rows), product = Inner(prepared);
        output.add_(product, factor.Scalar);
    }

    public void Dispose()
    {
        _weight.Dispose();
        _transposed.Dispose();
        _parts?.Dispose();
        _bias?.Dispose();
    }

    private Tensor Biased(Tensor product)
    {
        if (_bias is not null)
            product.add_(_bias, Factor.One.Scalar);

        return product;
    }

    private Tensor Product(Tensor rows)
    {
        if (_parts is null)
            return rows.mm(_transposed);

        Tensor product = empty(rows.size(0), _outputs, _expands ? ScalarType.Float32 : Type);
        _parts.Into(product, rows, beta: 0, alpha: 1);
        return product;
    }
}
