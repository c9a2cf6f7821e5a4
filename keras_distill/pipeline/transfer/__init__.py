"""The transfer recipe for text: fine-tune the teacher, distil, fine-tune the student.

`TransferJourney` walks its stages, one file each, of the same form as those of
`keras_distill.pipeline.stages`.
"""
