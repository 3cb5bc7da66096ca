using System.Collections.Frozen;

namespace FinObs.Scoring.Features;

/// <summary>ISO 4217: the codes in force, the funds and metals, <c>XXX</c> (no currency), and withdrawn ones that data sets still hold.</summary>
public static class Currencies
{
    private const string NoDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
    private const string ThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";
    private const string FourDecimals = "CLF UYW";
    private const string Unitless = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX";

    private const string TwoDecimals =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE "
        + "CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
        + "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG "
        + "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

    private const string WithdrawnNoDecimals = "BEF BYR ESP GRD ITL LUF MGF PTE ROL TPE TRL";
    private const string WithdrawnTwoDecimals =
        "ADP ATS AZM BGL CSD CUC CYP DEM EEK FIM FRF GHC HRK IEP LTL LVL MRO MTL MZM NLG SDD SIT SKK SLL SRG STD TMM VEB VEF YUM ZMK ZWD ZWL ZWR";

    private static readonly FrozenDictionary<string, int> Exponents = Table();

    /// <summary>Whether it is a code of the list. Codes are upper-case.</summary>
    public static bool IsKnown(string? code) => code is not null && Exponents.ContainsKey(code);

    /// <summary>Digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD; 2 for a code that is not on the list or has no minor unit.</summary>
    public static int Exponent(string code) => Exponents.GetValueOrDefault(code, 2);

    private static FrozenDictionary<string, int> Table()
    {
        var table = new Dictionary<string, int>(StringComparer.Ordinal);
        Add(NoDecimals, 0);
        Add(WithdrawnNoDecimals, 0);
        Add(TwoDecimals, 2);
        Add(WithdrawnTwoDecimals, 2);
        Add(Unitless, 2);
        Add(ThreeDecimals, 3);
        Add(FourDecimals, 4);
        return table.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(string codes, int exponent)
        {
            foreach (string code in codes.Split(' '))
            {
                table.Add(code, exponent);
            }
        }
    }
}
