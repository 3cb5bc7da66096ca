namespace FinObs.DataPlane.Pii;

/// <summary>A kind of personal data, as it is named in masks.</summary>
internal enum PiiKind
{
    Card = 0,
    Iban = 1,
    Ssn = 2,
    Aba = 3,
    Email = 4,
    Phone = 5,
    Ip = 6,

    /// <summary>Personal by the name of its field.</summary>
    Field = 7,
}

/// <summary>A piece of a text that is personal.</summary>
internal readonly record struct PiiMatch(int Start, int Length, PiiKind Kind)
{
    public int End => Start + Length;
}

/// <summary>Finds values of one kind by their form and, where the kind has one, their checksum.</summary>
internal interface IPiiRecogniser
{
    void Find(string text, List<PiiMatch> matches);
}
