"""Labels of passages and documents: records, anchors, the folder they are kept in, agreement of coders, samples.

What is given to coders and comes back from their tools is in `ndc_urban.exchange`, what a model learns from labels in
`ndc_urban.training`.
"""
