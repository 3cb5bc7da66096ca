namespace FinObs.Scoring.Autoencoder;

/// <summary>What one feature's residual r counts for. All are even, 0 at 0 and never negative; all can be said in ONNX.</summary>
public enum ErrorFunction
{
    /// <summary>r²: the classic reconstruction error; one wild feature outweighs all others.</summary>
    Squared = 0,

    /// <summary>|r|.</summary>
    Absolute = 1,

    /// <summary>r²/2 up to |r| = δ, then δ(|r| - δ/2): as squared for small residuals, linear in the tails (Huber 1964).</summary>
    Huber = 2,

    /// <summary>ln(1 + r²): grows without bound but slowly, so that several moderate surprises may outweigh one wild one.</summary>
    LogSquared = 3,
}
